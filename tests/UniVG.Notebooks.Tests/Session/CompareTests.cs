using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Exploration;
using UniVG.Notebooks.Session;
using UniVG.Notebooks.Tests.Displays;

namespace UniVG.Notebooks.Tests.Session;

/// <summary>Runs side by side: those of the session and those that other processes left in folders.</summary>
public sealed class CompareTests : IDisposable
{
    private readonly TinySession _tiny = new();

    private UniVGSession Session => _tiny.Session;

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public async Task Runs_of_the_session_are_compared_with_curves_differing_settings_and_a_row_of_samples_each()
    {
        await _tiny.TrainAsync("slow", new TrainingConfig { Steps = 2, LearningRate = 1e-4 });
        await _tiny.TrainAsync("fast", new TrainingConfig { Steps = 3, LearningRate = 3e-2 }, dim: 3);

        var host = await _tiny.RunAsync("compare --count 2 --steps 2 --seed 7");
        var comparison = await Session.CompareAsync([], Session.NewRequest() with { Count = 2, Steps = 2, Seed = 7 }, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(["slow", "fast"], comparison.Runs.Select(run => run.Name));
        Assert.Equal([(null, 0), ("slow", 2), ("fast", 3)], comparison.Samples.Select(row => (row.Run, row.Step)));
        Assert.All(comparison.Samples, row => Assert.Equal(2, row.Images.Count));

        // The strong one changes the picture that the model alone draws from the same seed; then nothing is left of either.
        Assert.NotEqual(comparison.Samples[0].Images[0].Pixels, comparison.Samples[2].Images[0].Pixels);
        using (Session.Adapters.ScaledBy(0))
            Assert.Equal(comparison.Samples[0].Images[0].Pixels, Session.Model!.Pipeline.Generate(comparison.Request!, cancellation: TestContext.Current.CancellationToken)[0].Pixels);
        Assert.Equal(1, Session.Adapter!.Multiplier);

        var figures = UniVG.Notebooks.Displays.Exploration.ComparisonView.Figures(comparison);
        Assert.Equal(["run", "dim", "steps", "lr", "taken", "loss, last 50"], figures.Columns.Select(column => column.Title));
        Assert.Equal(["fast", "3", "3", "0.03", "3"], figures.Rows[1].Take(5));
        var display = host.Displays[0];
        Assert.Equal(1 + 6, MarkupAssert.WellFormed(display).Descendants("img").Count());
        foreach (var part in new[] { "Smoothed loss of each run", "slow, step 2", "seed 8", "without adapter" }) Assert.Contains(part, display.PlainText, StringComparison.Ordinal);
        Assert.True(display.Data.ContainsKey("image/png"));
        Assert.NotNull(ResultFormatter.Format(comparison));
    }

    [Fact]
    public async Task Runs_of_folders_are_found_named_and_read_back_exactly()
    {
        var first = await _tiny.TrainAsync("sweep/a/model", new TrainingConfig { Steps = 2, Seed = 5 });
        var (losses, id) = (first.History.Snapshot(), first.Id);
        await _tiny.TrainAsync("single", new TrainingConfig { Steps = 1 });
        using var other = new UniVGSession();

        var runs = other.FindRuns(_tiny.Output);
        Assert.Equal(["single", "sweep/a"], runs.Select(run => run.Name));
        Assert.Equal(losses, runs[1].Steps);
        Assert.Equal(5, runs[1].Definition.Training.Seed);
        Assert.Equal(2, Assert.Single(runs[1].Checkpoints).Step);
        Assert.All(runs, run => Assert.Null(run.Run));

        var host = await _tiny.RunAsync($"runs \"{_tiny.Output}\"");
        Assert.Contains("sweep/a", host.Text, StringComparison.Ordinal);
        var comparison = await other.CompareAsync([_tiny.Output], cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(2, comparison.Runs.Count);
        Assert.Empty(comparison.Samples);

        // Outside of the output folder files of one name are told apart by their folders.
        foreach (var name in (string[])["x", "y"]) await _tiny.TrainAsync($"elsewhere/{name}/model", new TrainingConfig { Steps = 1 });
        comparison = await other.CompareAsync([Path.Combine(_tiny.Output, "elsewhere")], cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(2, comparison.Runs.Select(run => run.Name).Distinct().Count());
        Assert.Contains("no folder", await _tiny.FaultAsync($"runs \"{_tiny.Output}/nowhere\""), StringComparison.Ordinal);
        Assert.NotEqual(Guid.Empty, id);

        // What a cell still holds of it is shown, although it is gone.
        Assert.Contains("It was detached", ResultFormatter.Format(Session.DetachAdapter(discard: true))!.PlainText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_of_one_file_name_in_other_folders_are_told_apart_by_their_folders()
    {
        foreach (var name in (string[])["dim2", "dim4"]) await _tiny.TrainAsync(name + "/model_lora", new TrainingConfig { Steps = 1 });
        using var other = new UniVGSession();

        var ofFolder = await other.CompareAsync([_tiny.Output], cancellation: TestContext.Current.CancellationToken);
        var ofFiles = await other.CompareAsync(
            [.. ofFolder.Runs.Select(run => run.Files.FinishedAdapter), .. ofFolder.Runs.Select(run => run.Name)], cancellation: TestContext.Current.CancellationToken);

        Assert.Equal([_tiny.In("output/dim2"), _tiny.In("output/dim4")], ofFolder.Runs.Select(run => run.Name));
        Assert.Equal(ofFolder.Runs.Select(run => run.Name), ofFiles.Runs.Select(run => run.Name));
    }

    [Fact]
    public async Task Overwritten_and_resumed_runs_keep_their_own_names()
    {
        var output = new AdapterOutput(Path.Combine(_tiny.Output, "a.safetensors"), Overwrite: true);
        foreach (var rate in (double[])[1e-4, 1e-3])
        {
            var run = Session.Finetune(new UniVG.Finetuning.Adapters.Lora.LoraConfig { Dim = 2, ConvDim = 0 }, new TrainingConfig { Steps = 2, LearningRate = rate }, output);
            await run.StepAsync(1, cancellationToken: TestContext.Current.CancellationToken);
            Session.Keeper!.Saver.SaveState(run);
        }

        Session.ResumeRun(_tiny.Output);
        await Session.Run!.StepAsync(1, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(["a@1", "a"], RunCatalog.Of(Session, _tiny.Output).Names);
        var comparison = await Session.CompareAsync(["a", "a@1"], Session.NewRequest() with { Count = 1, Steps = 1 }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal([2, 1], comparison.Runs.Select(run => run.Step));
        Assert.Equal([null, "a"], comparison.Samples.Select(row => row.Run));
        Assert.Contains("No samples of a@1", Assert.Single(comparison.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Adapters_of_an_earlier_run_of_the_same_name_are_no_checkpoints_of_the_new_one()
    {
        await _tiny.TrainAsync("a", new TrainingConfig { Steps = 3 }, new SaveSchedule { EverySteps = 1, StateMinutes = 0 });
        Assert.Equal([1, 2, 3], SavedRun.Checkpoints(RunFiles.Of(Path.Combine(_tiny.Output, "a.safetensors"))).Select(c => c.Step));

        Session.Finetune(
            new UniVG.Finetuning.Adapters.Lora.LoraConfig { Dim = 2, ConvDim = 0 }, new TrainingConfig { Steps = 1 },
            new AdapterOutput(Path.Combine(_tiny.Output, "a.safetensors"), Overwrite: true));
        await Session.TrainAsync(cancellation: TestContext.Current.CancellationToken);

        Assert.Equal([1], SavedRun.Checkpoints(RunFiles.Of(Path.Combine(_tiny.Output, "a.safetensors"))).Select(c => c.Step));
    }

    [Fact]
    public async Task Names_that_are_wrong_or_runs_that_are_damaged_are_said_in_a_sentence()
    {
        Assert.Contains("fewer than two runs", await _tiny.FaultAsync("compare"), StringComparison.Ordinal);
        await _tiny.TrainAsync("model", new TrainingConfig { Steps = 1 });
        Assert.Contains("did you mean 'model'?", await _tiny.FaultAsync("compare modle model"), StringComparison.Ordinal);
        Assert.Contains("is one run", await _tiny.FaultAsync("compare model model"), StringComparison.Ordinal);
        Assert.Contains("name of the run is empty", await _tiny.FaultAsync("compare model \" \""), StringComparison.Ordinal);
        Assert.Contains("--count", await _tiny.FaultAsync("compare model model --count 0"), StringComparison.Ordinal);

        Directory.CreateDirectory(_tiny.In("damaged"));
        File.WriteAllText(_tiny.In("damaged/b.csv"), "step,epoch,loss,loss_average,lr_unet,lr_text_encoder,seconds,validation_loss\n1,1,oops,,,,,\n");
        File.WriteAllText(_tiny.In("damaged/b.toml"), "network_dim = {");
        Assert.Contains("TOML", await _tiny.FaultAsync($"compare model \"{_tiny.In("damaged")}\""), StringComparison.Ordinal);
        File.WriteAllText(_tiny.In("damaged/b.toml"), "");
        Assert.Contains("Line 2 of", await _tiny.FaultAsync($"compare model \"{_tiny.In("damaged")}\""), StringComparison.Ordinal);
        Assert.Contains("Warning: Line 2 of", (await _tiny.RunAsync($"runs \"{_tiny.In("damaged")}\"")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_that_cannot_be_read_or_drawn_with_are_noted_and_the_others_compared()
    {
        foreach (var name in (string[])["a", "b", "c", "d"]) await _tiny.TrainAsync($"all/{name}", new TrainingConfig { Steps = 1 });
        File.WriteAllText(_tiny.In("output/all/b.csv"), "oops");
        File.WriteAllText(_tiny.In("output/all/c.safetensors"), "oops");
        using var other = new UniVGSession();
        other.LoadModel("tiny");

        var comparison = await other.CompareAsync([_tiny.In("output/all")], other.NewRequest() with { Count = 1, Steps = 1 }, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(["a", "c", "d"], comparison.Runs.Select(run => Path.GetFileNameWithoutExtension(run.Files.FinishedAdapter)));
        Assert.Equal(3, comparison.Samples.Count);
        Assert.Equal(2, comparison.Notes.Count);
        Assert.Contains("b.csv", comparison.Notes[0], StringComparison.Ordinal);
        Assert.Contains("c: ", comparison.Notes[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_of_runs_are_completed()
    {
        await _tiny.TrainAsync("quick", new TrainingConfig { Steps = 1 });
        Assert.Contains("quick", _tiny.Complete("compare qu").Select(proposal => proposal.Text));
    }

    [Fact]
    public async Task An_interrupted_comparison_leaves_the_adapter_as_it_was()
    {
        await _tiny.TrainAsync("a", new TrainingConfig { Steps = 1 });
        await _tiny.TrainAsync("b", new TrainingConfig { Steps = 1 });
        using var cancel = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Session.CompareAsync(
            [], Session.NewRequest(), text => { if (text.Contains("drawing, a", StringComparison.Ordinal)) cancel.Cancel(); }, cancel.Token));

        Assert.Equal(1, Session.Adapter!.Multiplier);
        Assert.Single(Session.Adapters);
        await Session.Run!.StepAsync(0, cancellationToken: TestContext.Current.CancellationToken);
    }
}
