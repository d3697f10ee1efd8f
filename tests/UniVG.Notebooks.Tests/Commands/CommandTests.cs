using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Images;
using UniVG.Notebooks.Commands;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Tests.Commands;

/// <summary>The main job by commands, on the embedded model and a small dataset.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-commands-").FullName;
    private readonly UniVGSession _session = new();
    private readonly CommandRunner _commands;

    public CommandTests()
    {
        _commands = new CommandRunner(_session);
        var concept = Directory.CreateDirectory(Path.Combine(_folder, "dataset", "10_modality")).FullName;
        for (var i = 0; i < 4; i++) ImageFile.SavePng(new RgbImage(80, 70), Path.Combine(concept, $"image_{i:000}.png"));
        File.WriteAllText(Path.Combine(concept, "broken.png"), "no picture");
    }

    private string Data => Path.Combine(_folder, "dataset");

    private string Output => Path.Combine(_folder, "output");

    public void Dispose()
    {
        _session.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("lora", "lora_unet_mid_block_attentions_0_proj_in.lora_up.weight")]
    [InlineData("loha", "lora_unet_mid_block_attentions_0_proj_in.hada_w2_a")]
    public async Task Main_job_ends_in_a_file_with_the_adapter(string kind, string key)
    {
        await RunAsync("model tiny");
        await RunAsync($"data \"{Data}\"");
        await RunAsync($"{kind} --dim 2 --alpha 1 --conv-dim 1");
        var host = await RunAsync($"train --steps 4 --sample-every 2 --output \"{Output}\"");

        Assert.Contains("step 4/4", host.Text, StringComparison.Ordinal);
        Assert.Contains("finished", host.Text, StringComparison.Ordinal);
        using var file = SafetensorsFile.Open(Path.Combine(Output, $"model_{kind}.safetensors"));
        Assert.Contains(key, file.Tensors.Keys);
        Assert.Equal("4", file.Metadata["ss_steps"]);
        Assert.DoesNotContain(_folder, string.Join(' ', file.Metadata.Values), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lora")]
    [InlineData("loha")]
    [InlineData("lokr")]
    public async Task Saved_adapter_is_loaded_merged_and_extracted(string kind)
    {
        await RunAsync("model tiny");
        await RunAsync($"data \"{Data}\"");
        await RunAsync($"{kind} --dim 2 --conv-dim 1");
        await RunAsync($"train --steps 2 --lr 1e-2 --output \"{Output}\"");
        var file = Path.Combine(Output, $"model_{kind}.safetensors");

        var loaded = await RunAsync($"load \"{file}\"");
        Assert.Matches(@"matched (\d+) of \1 modules", loaded.Text);
        Assert.Equal(kind, _session.Adapter!.Config.Kind);

        var merged = Path.Combine(Output, "merged.safetensors");
        await RunAsync($"merge \"{merged}\"");
        Assert.Equal(CheckpointKind.StableDiffusion1, CheckpointInspector.Inspect(merged).Kind);

        var extracted = Path.Combine(Output, "extracted.safetensors");
        await RunAsync($"extract \"{extracted}\" --dim 2 --conv-dim 1");
        await RunAsync($"load \"{extracted}\"");
        Assert.Equal("lora", _session.Adapter.Config.Kind);
    }

    [Fact]
    public async Task Steps_and_train_continue_one_run()
    {
        await PrepareAsync();
        await RunAsync($"step 2 --steps 5 --output \"{Output}\"");
        await RunAsync("step");
        Assert.Equal(3, _session.Run!.Step);

        await RunAsync("train");

        Assert.Equal(5, _session.Run.Step);
        Assert.Single(_session.Runs);
        Assert.True(File.Exists(Path.Combine(Output, "model_lora.safetensors")));
    }

    [Fact]
    public async Task Begun_run_refuses_other_settings_and_goes_on_without()
    {
        await PrepareAsync();
        Assert.Contains("give one of them", await FaultAsync($"train --steps 2 --epochs 1 --output \"{Output}\""), StringComparison.Ordinal);
        Assert.Contains("--output is empty", await FaultAsync("train --steps 2 --output \"\""), StringComparison.Ordinal);
        await RunAsync($"step --steps 2 --output \"{Output}\"");

        Assert.Contains("the adapter's, which a run keeps", await FaultAsync("set dim=8"), StringComparison.Ordinal);
        Assert.Contains("--lr", await FaultAsync("train --lr 1"), StringComparison.Ordinal);
        await RunAsync("train");
        Assert.True(_session.Run!.IsFinished);
    }

    [Fact]
    public async Task Settings_change_between_steps_and_what_cannot_is_refused_with_the_reason()
    {
        await PrepareAsync();
        Assert.Contains("#!univg step", await FaultAsync("set lr=1e-5"), StringComparison.Ordinal);
        await RunAsync($"step 1 --steps 4 --output \"{Output}\"");

        Assert.Contains("the plan of steps", await FaultAsync("set lr=1e-5 batch=4"), StringComparison.Ordinal);
        Assert.Contains("lr 1e-4 → 1e-5", (await RunAsync("set lr=1e-5 min-snr-gamma=5 sample-every=2")).Text, StringComparison.Ordinal);
        Assert.Contains("min-snr-gamma", (await RunAsync("set")).Text, StringComparison.Ordinal);
        var host = await RunAsync("train");

        Assert.Equal((1e-5, 5.0), (_session.Run!.Config.LearningRate, _session.Run.Config.MinSnrGamma));
        Assert.Contains("Samples after step 4", host.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validation_loss_of_held_out_images_is_in_the_panel()
    {
        await RunAsync("model tiny");
        await RunAsync($"data \"{Data}\" --validation 0.25");
        await RunAsync("lora --dim 2");

        var host = await RunAsync($"train --steps 2 --validate-every 1 --output \"{Output}\"");

        Assert.Equal([0, 1, 2], _session.Run!.History.Validation.Select(p => p.Step));
        Assert.Contains("validation loss: ", host.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fork_goes_on_from_a_saved_run_and_leaves_its_file_alone()
    {
        await PrepareAsync();
        await RunAsync($"step 2 --steps 3 --output \"{Output}\"");
        Assert.Contains("#!univg save", await FaultAsync("fork lr=1e-3"), StringComparison.Ordinal);
        await RunAsync("train");
        var first = _session.Run!;

        Assert.Contains("steps=", await FaultAsync("fork lr=1e-3"), StringComparison.Ordinal);
        await RunAsync("fork lr=1e-3 steps=5");
        Assert.Equal((3, 5), (_session.Run!.Step, _session.Run.TotalSteps));
        await RunAsync("train");
        await RunAsync("fork --from-start lr=1e-4 steps=1");
        await RunAsync("train");

        Assert.Equal(3, _session.Runs.Count);
        Assert.Equal(3, first.History.Count);
        foreach (var name in (string[])["model_lora", "model_lora-fork1", "model_lora-fork2"]) Assert.True(File.Exists(Path.Combine(Output, name + ".safetensors")), name);
    }

    [Fact]
    public async Task Failed_run_is_followed_by_a_fresh_one()
    {
        await PrepareAsync();
        Assert.Contains("lower --lr", await FaultAsync($"train --steps 9 --lr 1e30 --scheduler constant --max-grad-norm 0 --output \"{Output}\""), StringComparison.Ordinal);

        await RunAsync($"train --steps 2 --output \"{Output}\"");

        Assert.True(_session.Run!.IsFinished);
    }

    [Fact]
    public async Task Finished_adapter_that_could_not_be_saved_is_not_dropped_by_another_train()
    {
        await PrepareAsync();
        await RunAsync($"step 1 --steps 2 --output \"{Output}\"");
        Directory.Delete(Output, recursive: true);
        await File.WriteAllTextAsync(Output, "in the way", TestContext.Current.CancellationToken);
        Assert.Contains(Output, await FaultAsync("train"), StringComparison.Ordinal);

        Assert.Contains("#!univg save", await FaultAsync("train --steps 2"), StringComparison.Ordinal);
        var rescued = Path.Combine(_folder, "rescued.safetensors");
        await RunAsync($"save \"{rescued}\"");
        Assert.True(File.Exists(rescued));
    }

    [Fact]
    public async Task Seed_of_the_adapter_is_the_run_s_unless_another_is_given()
    {
        await RunAsync("model tiny");
        await RunAsync($"data \"{Data}\"");
        await RunAsync("lora --dim 2 --seed 5");
        var adapter = _session.Adapter;

        await RunAsync($"step 2147483647 --steps 2 --output \"{Output}\"");

        Assert.Same(adapter, _session.Adapter);
        Assert.Equal(5, _session.Run!.Config.Seed);
        Assert.True(_session.Run.IsFinished);
    }

    [Fact]
    public async Task Dataset_read_during_a_run_is_not_ignored()
    {
        await PrepareAsync();
        await RunAsync($"step 1 --steps 3 --output \"{Output}\"");
        await RunAsync($"data \"{Data}\" --resolution 32");

        Assert.Contains("another was read", await FaultAsync("train"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prompt_may_hold_quotes_and_begin_with_an_at_sign()
    {
        await RunAsync("model tiny");

        var host = await RunAsync($"""sample "@a \"fine\" prompt" --count 1 --steps 1 --output "{Output}" """);

        Assert.Contains("@a \"fine\" prompt", host.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupted_training_keeps_the_run_and_shows_it_as_stopped()
    {
        await PrepareAsync();
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var host = new RecordingHost { CancellationToken = cancelled.Token };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _commands.RunAsync($"train --steps 2 --output \"{Output}\"", "", host));

        Assert.Contains("stopped", host.Text, StringComparison.Ordinal);
        await RunAsync($"train --steps 2 --output \"{Output}\"");
        Assert.True(_session.Run!.IsFinished);
    }

    [Fact]
    public async Task Comparison_shows_each_seed_without_and_with_the_adapter()
    {
        await PrepareAsync();

        var host = await RunAsync($"sample modality --count 2 --steps 2 --seed 7 --compare --output \"{Output}\"");

        Assert.Equal(2, host.Text.Split("seed 7:").Length - 1);
        Assert.Equal(2, host.Text.Split("seed 8:").Length - 1);
        Assert.Equal(1, _session.Adapter!.Multiplier);
    }

    [Fact]
    public async Task Corrupt_image_is_named_and_the_others_are_used()
    {
        var host = await RunAsync($"data \"{Data}\"");

        Assert.Contains("broken.png", host.Text, StringComparison.Ordinal);
        Assert.Equal(4, _session.Dataset!.Images.Count);
    }

    [Fact]
    public async Task A_dataset_file_of_kohyas_trainer_is_read_and_shown()
    {
        var file = Path.Combine(_folder, "set.toml");
        await File.WriteAllTextAsync(
            file, "[[datasets]]\nresolution = 64\n[[datasets.subsets]]\nimage_dir = 'dataset/10_modality'\nnum_repeats = 3\nclass_tokens = 'vessel'\n",
            TestContext.Current.CancellationToken);

        var host = await RunAsync($"data \"{file}\" --caption-prefix fine");

        Assert.Contains("12 images with repeats", host.Text, StringComparison.Ordinal);
        Assert.Equal("vessel", _session.Dataset!.Images[0].Caption);
        Assert.Equal("fine", _session.Dataset.Images[0].Options.Captions.Prefix);
        Assert.Contains("is_reg", await FaultAsync($"data \"{file}\" --reg \"{Data}\""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("trian", "train")]
    [InlineData("train --stpes 4", "--steps")]
    [InlineData("train --steps", "needs a value")]
    [InlineData("train --steps 0", "at least 1")]
    [InlineData("train --steps -3", "at least 1")]
    [InlineData("train --lr nan", "above 0")]
    [InlineData("train --scheduler cosin", "cosine")]
    [InlineData("train --steps 1 --steps 2", "more than once")]
    [InlineData("lora --dim 0", "at least 1")]
    [InlineData("lora --alpha -1", "above 0")]
    [InlineData("sample --size 512x", "size in pixels")]
    [InlineData("model", "path")]
    [InlineData("model tiny extra", "extra")]
    [InlineData("help trian", "train")]
    [InlineData("model no/such/file.safetensors", "no/such/file.safetensors")]
    [InlineData("scale 1e308", "scale is 1e308; it must be a number from -1000 to 1000")]
    [InlineData("config --export \"\"", "The path is empty")]
    [InlineData("inspect no/such/file.safetensors", "There is no file 'no/such/file.safetensors'; check the path.")]
    [InlineData("model tiny --device gpu", "auto, cpu, cuda")]
    [InlineData("model tiny --schedule fast", "auto, sd, univg")]
    [InlineData("data no/such/folder", "no/such/folder")]
    [InlineData("data no/such/file.toml", "no/such/file.toml")]
    [InlineData("data x --window 5", "--window")]
    [InlineData("data x --background blu", "no colour")]
    [InlineData("data x --validation 0.9", "0 to 0.5")]
    [InlineData("data \"\"", "empty")]
    [InlineData("sample \"half a prompt", "quote")]
    [InlineData("lora --dim 2147483647", "1280")]
    public async Task Bad_line_is_answered_by_one_sentence(string line, string part)
    {
        var message = await FaultAsync(line);

        Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public async Task Missing_model_dataset_or_adapter_is_named_with_its_command()
    {
        Assert.Contains("#!univg model", await FaultAsync("train"), StringComparison.Ordinal);
        Assert.Contains("#!univg model", await FaultAsync("lora"), StringComparison.Ordinal);
        await RunAsync("model tiny");
        Assert.Contains("#!univg data", await FaultAsync("train"), StringComparison.Ordinal);
        await RunAsync($"data \"{Data}\"");
        Assert.Contains("#!univg lora", await FaultAsync("train"), StringComparison.Ordinal);
        Assert.Contains("#!univg lora", await FaultAsync("save"), StringComparison.Ordinal);
        await RunAsync("lora --dim 2");
        Assert.Contains("untrained", await FaultAsync("save"), StringComparison.Ordinal);
        Assert.NotNull(_session.Model);
    }

    [Fact]
    public async Task Output_is_checked_before_the_first_step()
    {
        await PrepareAsync();
        var blocked = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(blocked, "", TestContext.Current.CancellationToken);

        Assert.Contains(blocked, await FaultAsync($"train --steps 2 --output \"{blocked}/sub\""), StringComparison.Ordinal);
        Assert.Null(_session.Run);

        await RunAsync($"train --steps 1 --output \"{Output}\"");
        await RunAsync("lora --dim 2");
        Assert.Contains("--overwrite", await FaultAsync($"train --steps 1 --output \"{Output}\""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_doctor_and_card_are_shown()
    {
        Assert.Contains("--sample-every", (await RunAsync("help train")).Text, StringComparison.Ordinal);
        Assert.Contains("libtorch", (await RunAsync("doctor")).Text, StringComparison.Ordinal);
        Assert.Contains("#!univg model tiny", (await RunAsync("")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Completion_offers_verbs_options_and_values()
    {
        Assert.Contains("train", Completions("tr"));
        Assert.Contains("--steps", Completions("train --st"));
        Assert.Contains("cosine", Completions("train --scheduler c"));
        Assert.Contains("tiny", Completions("model t"));
        Assert.Contains("Learning rate", _commands.Describe("train --lr 1", 8)!.Text, StringComparison.Ordinal);
    }

    private IEnumerable<string> Completions(string line) => _commands.Complete(line, line.Length).Select(c => c.Text);

    private async Task PrepareAsync()
    {
        await RunAsync("model tiny");
        await RunAsync($"data \"{Data}\"");
        await RunAsync("lora --dim 2");
    }

    private async Task<RecordingHost> RunAsync(string line)
    {
        var host = new RecordingHost();
        await _commands.RunAsync(line, "", host);
        return host;
    }

    private async Task<string> FaultAsync(string line) =>
        (await Assert.ThrowsAnyAsync<UniVGException>(() => RunAsync(line))).Message;
}
