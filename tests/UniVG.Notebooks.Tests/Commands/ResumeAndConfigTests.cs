using System.Diagnostics;
using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Adapters.Loha;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Commands;
using UniVG.Notebooks.Runs;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Tests.Commands;

/// <summary>The commands on the embedded model and a few plain images.</summary>
public sealed class ResumeAndConfigTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-resume-").FullName;
    private RecordingHost _host = new();
    private UniVGSession _session = new();

    public ResumeAndConfigTests()
    {
        var concept = Directory.CreateDirectory(Path.Combine(_folder, "data", "3_red")).FullName;
        for (var i = 0; i < 2; i++)
        {
            var image = new RgbImage(64, 64);
            Array.Fill(image.Pixels, (byte)(100 + (50 * i)));
            ImageFile.SavePng(image, Path.Combine(concept, $"{i}.png"));
        }
    }

    private string Output => Path.Combine(_folder, "out");

    public void Dispose()
    {
        _session.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task An_interrupted_run_goes_on_in_another_session()
    {
        await BeginAsync($"train --steps 6 --batch 1 --save-every 2 --output {Output}", interruptAfter: 3);
        Assert.Contains("model_lora-step00000003-state", _host.Text, StringComparison.Ordinal);
        Restart();

        await RunAsync($"resume {Output}");
        Assert.Contains("Resuming after step 3 of 6", _host.Text, StringComparison.Ordinal);
        await RunAsync("train");

        Assert.True(_session.Run!.IsFinished);
        Assert.Equal(6, _session.Run.History.Count);
        Assert.Equal(
            ["model_lora-step00000002.safetensors", "model_lora-step00000004-state", "model_lora-step00000004.safetensors", "model_lora-step00000006-state",
                "model_lora-step00000006.safetensors", "model_lora.csv", "model_lora.safetensors", "model_lora.toml"],
            Directory.EnumerateFileSystemEntries(Output).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(7, File.ReadLines(Path.Combine(Output, "model_lora.csv")).Count());
    }

    [Fact]
    public async Task Saving_records_steps_that_no_command_took()
    {
        await BeginAsync($"step 1 --steps 3 --batch 1 --output {Output}");
        await _session.Run!.RunToEndAsync(cancellationToken: TestContext.Current.CancellationToken);

        _session.SaveAdapter();

        Assert.Equal(4, File.ReadLines(Path.Combine(Output, "model_lora.csv")).Count());
    }

    [Fact]
    public async Task Adapters_beside_the_trained_one_come_back_with_it()
    {
        await BeginAsync($"train --steps 2 --batch 1 --output {Output} --name other");
        await RunAsync("lora --dim 1 --no-conv");
        await RunAsync($"load {Output}/other.safetensors --add --scale 0.5");
        await RunAsync($"step 2 --steps 3 --batch 1 --save-every 2 --output {Output}");
        Restart();

        await RunAsync($"resume {Output}/model_lora-step00000002-state");

        Assert.Equal([("lora", 1, true), ("other", 0.5, false)], _session.Adapters.Select(a => (a.Name, a.Scale, a.IsOwn)));
        await RunAsync("train");
        Assert.Contains("base_weights_multiplier = [0.5]", File.ReadAllText(Path.Combine(Output, "model_lora.toml")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_run_does_not_overwrite_an_earlier_ones_states()
    {
        await BeginAsync($"train --steps 6 --batch 1 --output {Output}", interruptAfter: 2);
        await RunAsync("lora --dim 1 --no-conv");

        var message = (await Assert.ThrowsAnyAsync<UniVGException>(() => RunAsync($"train --steps 6 --output {Output}"))).Message;

        Assert.Contains($"go on with that run by '#!univg resume {Output}'", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_loss_that_is_no_number_leaves_a_state()
    {
        var message = (await Assert.ThrowsAnyAsync<UniVGException>(
            () => BeginAsync($"train --steps 30 --lr 1e30 --max-grad-norm 0 --scheduler constant --output {Output}"))).Message;

        Assert.Contains("no longer a number", message, StringComparison.Ordinal);
        Assert.Contains("#!univg resume", message, StringComparison.Ordinal);
        Assert.Contains(Directory.EnumerateDirectories(Output), path => path.EndsWith("-state", StringComparison.Ordinal));

        // The steps of that rate are in the adapter already: advice to lower the rate once more would be in vain.
        await RunAsync("set lr=1e-4");
        Assert.Contains("spoilt the adapter", (await Assert.ThrowsAnyAsync<UniVGException>(() => RunAsync("train"))).Message, StringComparison.Ordinal);
    }

    // Prodigy's usual rate is 1.
    [Theory]
    [InlineData("--lr 5e-3", true)]
    [InlineData("--lr 1e-3", false)]
    [InlineData("--optimizer Prodigy", false)]
    public async Task A_high_rate_is_told_of_where_it_is_one(string options, bool isTold)
    {
        await BeginAsync($"train --steps 1 {options} --output {Output}");

        Assert.Equal(isTold, _host.Text.Contains("often ends in noise", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_configuration_in_the_cell_decides_what_train_does()
    {
        await RunAsync("config", $"""
            pretrained_model_name_or_path = "tiny"
            train_data_dir = "{_folder}/data"
            resolution = 64
            enable_bucket = false
            network_module = "lycoris.kohya"
            network_dim = 2
            network_alpha = 2
            network_args = ["algo=loha", "conv_dim=0"]
            max_train_steps = 40
            max_train_epochs = 1
            train_batch_size = 2
            learning_rate = 1e-3
            output_dir = "{Output}"
            output_name = "mine"
            mixed_precision = "bf16"
            xformers = true
            weird_key = 1
            """);
        Assert.Contains("no meaning here: xformers", _host.Text, StringComparison.Ordinal);
        Assert.Contains("weird_key", _host.Text, StringComparison.Ordinal);
        Assert.IsType<LohaConfig>(_session.Adapter!.Config);

        await RunAsync("train");

        // 2 images × 3 repeats in batches of 2: the epoch wins over the steps.
        Assert.Equal(3, _session.Run!.TotalSteps);
        Assert.True(File.Exists(Path.Combine(Output, "mine.safetensors")));
        var written = File.ReadAllText(Path.Combine(Output, "mine.toml"));
        Assert.Contains("max_train_epochs = 1", written, StringComparison.Ordinal);
        Assert.Contains("algo=loha", written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_guides_presets_are_applied_and_exported()
    {
        await RunAsync("model tiny --device cpu");
        await RunAsync("config loha");
        await RunAsync($"config --export {_folder}/x.toml");

        Assert.Contains("max_train_steps = 1500", File.ReadAllText(Path.Combine(_folder, "x.toml")), StringComparison.Ordinal);
        Assert.Contains("already", (await Assert.ThrowsAnyAsync<UniVGException>(() => RunAsync($"config --export {_folder}/x.toml"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_that_cannot_be_used_changes_nothing()
    {
        await RunAsync("model tiny --device cpu");
        await RunAsync("lora --dim 1 --no-conv");
        var adapter = _session.Adapter;

        await Assert.ThrowsAnyAsync<UniVGException>(() => RunAsync("config", "train_data_dir = \"/absent\"\nnetwork_module = \"networks.lora\""));

        Assert.Same(adapter, _session.Adapter);
        Assert.Null(_session.Configuration);
    }

    [Theory]
    [InlineData("network_dim = 1000")]
    [InlineData("clip_skip = 99")]
    [InlineData("base_weights = [\"absent.safetensors\"]")]
    public async Task A_configuration_whose_adapter_does_not_fit_replaces_nothing(string impossible)
    {
        await RunAsync("model tiny --device cpu");
        await RunAsync($"data {_folder}/data --resolution 64");
        await RunAsync("lora --dim 1 --no-conv");
        var before = (_session.Model, _session.Dataset, _session.Adapter);

        await Assert.ThrowsAnyAsync<UniVGException>(() => RunAsync("config", $"""
            pretrained_model_name_or_path = "tiny"
            train_data_dir = "{_folder}/data"
            resolution = 64
            network_module = "networks.lora"
            {impossible}
            """));

        Assert.Equal(before, (_session.Model, _session.Dataset, _session.Adapter));
        Assert.Null(_session.Configuration);
        await RunAsync($"train --steps 1 --output {Output}");
    }

    [Fact]
    public async Task A_resume_that_fails_replaces_nothing()
    {
        await SaveOtherAsync();
        await RunAsync($"load {Output}/other.safetensors --add");
        await RunAsync("lora --dim 1 --no-conv");
        await RunAsync($"step 1 --steps 3 --batch 1 --save-every 1 --output {Output}");
        File.WriteAllText(Path.Combine(Output, "other.safetensors"), "damaged");
        Restart();

        await Assert.ThrowsAnyAsync<UniVGException>(() => RunAsync($"resume {Output}"));
        Assert.Equal((null, null, null), (_session.Model, _session.Dataset, _session.Run));

        await RunAsync("model tiny --device cpu");
        await RunAsync("lora --dim 1 --no-conv");
        var adapter = _session.Adapter;
        await Assert.ThrowsAnyAsync<UniVGException>(() => RunAsync($"resume {Output}"));
        Assert.Equal([adapter], _session.Adapters.Select(a => a.Network));
        Assert.Null(_session.Dataset);
    }

    [Fact]
    public async Task A_resumed_run_adds_up_several_adapters_as_before()
    {
        await SaveOtherAsync();
        await RunAsync($"load {Output}/other.safetensors --add");
        await RunAsync("lora --dim 1 --no-conv");
        await RunAsync("scale 0.7 lora");
        await RunAsync($"train --steps 4 --batch 1 --lr 1e-2 --save-every 2 --output {Output}");
        var straight = TensorsOf("model_lora-step00000004.safetensors");
        Restart();

        await RunAsync($"resume {Output}/model_lora-step00000002-state");
        Assert.Equal(0.7, _session.Adapters.Own!.Scale);
        await RunAsync("train");

        Assert.Equal(straight, TensorsOf("model_lora-step00000004.safetensors"));
    }

    [Fact]
    public async Task Files_that_another_process_trains_are_left_alone()
    {
        await BeginAsync($"step 1 --steps 3 --batch 1 --save-every 1 --output {Output}");
        using var other = Process.Start("sleep", "600");
        try
        {
            var folder = RunFolder.Create(new RunFiles(Output, "model_lora"));
            new WorkerProcess(other.Id, other.StartTime.ToUniversalTime(), Environment.MachineName).TakeOver(folder);
            Restart();

            Assert.Contains("is training", (await Assert.ThrowsAnyAsync<UniVGException>(() => RunAsync($"resume {Output}"))).Message, StringComparison.Ordinal);
            Assert.Contains(
                "is training",
                (await Assert.ThrowsAnyAsync<UniVGException>(() => BeginAsync($"train --steps 1 --overwrite --output {Output}"))).Message, StringComparison.Ordinal);

            File.WriteAllText(folder.EventFile, "{\"kind\":\"ended\",\"status\":\"stopped\"}\n");
            await RunAsync($"resume {Output}");
        }
        finally
        {
            other.Kill();
            await other.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    private async Task SaveOtherAsync()
    {
        await BeginAsync($"train --steps 2 --batch 1 --lr 1e-2 --output {Output} --name other");
        await RunAsync("detach");
    }

    // Without the header, whose metadata tells the time.
    private byte[] TensorsOf(string file)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Output, file));
        return bytes[(8 + (int)BitConverter.ToUInt64(bytes))..];
    }

    private Task RunAsync(string line, string body = "", CancellationToken? interrupt = null)
    {
        _host = new RecordingHost { CancellationToken = interrupt ?? TestContext.Current.CancellationToken };
        return new CommandRunner(_session).RunAsync(line, body, _host);
    }

    private void Restart()
    {
        _session.Dispose();
        _session = new UniVGSession();
    }

    private async Task BeginAsync(string line, int? interruptAfter = null)
    {
        await RunAsync("model tiny --device cpu");
        await RunAsync($"data {_folder}/data --resolution 64");
        await RunAsync("lora --dim 1 --no-conv");
        if (interruptAfter is not { } last)
        {
            await RunAsync(line);
            return;
        }

        await RunAsync(line.Replace("train", "step 1", StringComparison.Ordinal));
        using var interrupt = new CancellationTokenSource();
        _session.Run!.Observers.Add(new Interruption(last, interrupt));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync("train", interrupt: interrupt.Token));
    }

    private sealed class Interruption(int step, CancellationTokenSource interrupt) : IRunObserver
    {
        public void OnStep(FineTuningRun run, StepReport report)
        {
            if (report.Step == step) interrupt.Cancel();
        }
    }
}
