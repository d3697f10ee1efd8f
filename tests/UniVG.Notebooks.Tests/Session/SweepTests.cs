using UniVG.Diffusion;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Training;
using UniVG.Notebooks.Commands;
using UniVG.Notebooks.Displays.Exploration;
using UniVG.Notebooks.Exploration;
using UniVG.Notebooks.Exploration.Sweeps;
using UniVG.Notebooks.Session;
using UniVG.Notebooks.Tests.Commands;
using UniVG.Notebooks.Tests.Displays;

namespace UniVG.Notebooks.Tests.Session;

/// <summary>Settings that are tried one after the other.</summary>
public sealed class SweepTests : IDisposable
{
    private readonly TinySession _tiny = new();

    private UniVGSession Session => _tiny.Session;

    private string Folder => Path.Combine(_tiny.Output, "sweep");

    private SweepRequest Small => new() { Folder = Folder, Adapter = new LoraConfig { Dim = 2, Alpha = 1, ConvDim = 0 }, Training = new TrainingConfig { Steps = 2, LearningRate = 1e-3 } };

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public async Task Grid_is_trained_in_a_folder_a_run_and_the_best_run_by_validation_is_attached()
    {
        Session.LoadDataset(_tiny.In("train"), DatasetOptions.ForResolution(64, 64) with { Validation = 0.25 });

        var host = await _tiny.RunAsync($"sweep --dim 1,2 --lr 1e-5,3e-2 --conv-dim 0 --alpha 1 --steps 2 --output \"{Folder}\"");

        var result = await Session.SweepAsync(
            new SweepRequest { Folder = Folder, Grid = [new("dim", 1, 2), new("lr", 1e-5, 3e-2), new("conv-dim", 0), new("alpha", 1), new("steps", 2)] },
            cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(["dim1-lr1e-5", "dim1-lr0.03", "dim2-lr1e-5", "dim2-lr0.03"], result.Runs.Select(one => one.Run.Name));
        Assert.Equal(4, Directory.GetDirectories(Folder).Length);
        Assert.Equal(4, Session.Runs.Count); // the second call found all done

        var best = result.Best!.Value;
        Assert.Equal(SweepCriterion.ValidationLoss, result.Criterion);
        Assert.Equal(result.Runs.Min(one => one.Outcome!.ValidationLoss), best.Outcome.ValidationLoss);
        Assert.Equal(Path.GetFullPath(best.Outcome.Path), Path.GetFullPath(Session.Adapters.Own!.Path ?? Session.Keeper!.Files.FinishedAdapter));

        // The text encoder's rate follows, as in train.
        Assert.Equal(3e-3, result.Runs[1].Run.Training.TextEncoderLearningRate, 1e-9);
        var display = Assert.Single(host.Displays, shown => shown.PlainText.Contains("Best by validation loss", StringComparison.Ordinal));
        var table = MarkupAssert.WellFormed(display).Descendants("table").Single();
        Assert.Equal(5, table.Descendants("tr").Count());
        Assert.Single(table.Descendants("tr"), row => (string?)row.Attribute("class") == "univg-best");
        Assert.True(display.Data.ContainsKey("image/png"));
    }

    [Fact]
    public async Task Interrupted_sweep_goes_on_where_it_was_with_the_same_result_as_one_that_was_not()
    {
        var request = Small with { Grid = [new("dim", 1, 2, 3)], Training = Small.Training! with { Steps = 3 } };
        var straight = await Session.SweepAsync(request, cancellation: TestContext.Current.CancellationToken);
        Session.DetachAdapter(discard: true);

        var again = request with { Folder = Path.Combine(_tiny.Output, "again") };
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Session.SweepAsync(again, Interrupt, cancel.Token));
        Assert.Equal(2, Session.Run!.Step);
        var first = File.GetLastWriteTimeUtc(Path.Combine(again.Folder, "dim1", "model_lora.safetensors"));

        using var other = new UniVGSession();
        other.LoadModel("tiny");
        other.LoadDataset(_tiny.In("train"));
        var resumed = await other.SweepAsync(again, cancellation: TestContext.Current.CancellationToken);

        void Interrupt(SweepProgress progress)
        {
            if (progress is { Current.Name: "dim2", Last.Step: 2 }) cancel.Cancel();
        }

        Assert.Equal(straight.Runs.Select(one => one.Outcome!.Loss), resumed.Runs.Select(one => one.Outcome!.Loss));
        Assert.Equal(first, File.GetLastWriteTimeUtc(Path.Combine(again.Folder, "dim1", "model_lora.safetensors")));
        Assert.Equal(2, other.Runs.Count);
        Assert.Equal(["again/dim1", "again/dim2", "again/dim3"], RunCatalog.Of(other, _tiny.Output).Names.Where(name => name.StartsWith("again", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_run_left_half_done_without_a_state_is_trained_anew_and_more_values_are_added()
    {
        var request = Small with { Grid = [new("dim", 1)] };
        await Session.SweepAsync(request, cancellation: TestContext.Current.CancellationToken);
        File.Delete(Path.Combine(Folder, "run", "model_lora.safetensors"));
        await File.WriteAllTextAsync(Path.Combine(Folder, "run", "model_lora-step00000001.safetensors"), "half written", TestContext.Current.CancellationToken);

        var result = await Session.SweepAsync(request, cancellation: TestContext.Current.CancellationToken);

        Assert.True(File.Exists(Assert.Single(result.Runs).Outcome!.Path));
        var more = await Session.SweepAsync(request with { Grid = [new("dim", 1, 2)] }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(2, more.Runs.Count(one => one.Outcome is not null));
    }

    [Fact]
    public async Task Explicit_runs_keep_their_pairs_and_other_settings_in_the_same_folder_are_refused()
    {
        var host = await _tiny.RunAsync($"sweep --run \"dim=1 alpha=1\" --run \"dim=2 alpha=2\" --conv-dim 0 --steps 1 --output \"{Folder}\"");

        Assert.Matches(@"\ndim2 +2 +2 ", host.Text); // alpha follows from dim, so the name leaves it out
        Assert.Contains("The training loss says little", host.Text, StringComparison.Ordinal);
        Assert.Contains("of other settings", await _tiny.FaultAsync($"sweep --run \"dim=1 alpha=1\" --run \"dim=2 alpha=2\" --conv-dim 0 --steps 2 --output \"{Folder}\""), StringComparison.Ordinal);
        await _tiny.RunAsync($"sweep --run \"dim=1 alpha=1\" --run \"dim=2 alpha=2\" --conv-dim 0 --steps 2 --output \"{Folder}\" --overwrite");
        Assert.Equal(2, Session.Runs[^1].Step);
    }

    [Fact]
    public async Task A_run_whose_loss_is_no_number_is_given_up_and_the_others_are_trained()
    {
        var result = await Session.SweepAsync(Small with { Grid = [new("lr", 1e30, 1e-3)], Training = Small.Training! with { Steps = 4, Scheduler = "constant" } }, cancellation: TestContext.Current.CancellationToken);

        Assert.NotNull(result.Runs[0].Outcome!.Fault);
        Assert.Equal("lr1e-3", result.Best!.Value.Run.Name);
        Assert.Contains("was given up", SweepView.Create(result).PlainText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sweep_is_stopped_also_while_it_is_planned()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() => Session.SweepAsync(Small with { Grid = [new("dim", [.. Enumerable.Range(1, 400).Cast<object>()])] }, cancellation: stop.Token));

        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public async Task Where_every_run_is_given_up_the_cell_fails_with_one_sentence_below_the_table()
    {
        var host = new RecordingHost();

        var fault = await Assert.ThrowsAsync<UniVGException>(() => new CommandRunner(Session).RunAsync(
            $"sweep --dim 1 --conv-dim 0 --lr 1e30,1e29 --scheduler constant --max-grad-norm 0 --steps 4 --output \"{Folder}\"", "", host));

        Assert.StartsWith("Each of the sweep's 2 runs was given up; lr1e30: The loss is no longer a number", fault.Message, StringComparison.Ordinal);
        Assert.Matches(@"lr1e29 .*given up", host.Text);
        Assert.DoesNotContain("plotly", host.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_that_do_not_go_together_cost_their_combination_alone()
    {
        var host = await _tiny.RunAsync($"sweep --dim 1 --alpha 1 --conv-dim 0 --scheduler constant,linear --warmup 0,1 --steps 2 --output \"{Folder}\"");

        Assert.Equal(3, Session.Runs.Count);
        Assert.Contains("constant-warmup1 was given up: --scheduler constant has no warm-up", host.Text, StringComparison.Ordinal);
        Assert.Contains("Best by training loss", host.Text, StringComparison.Ordinal);

        // A value that goes with none is a mistake.
        Assert.Contains("no warm-up", await _tiny.FaultAsync($"sweep --dim 1,2 --scheduler constant --warmup 1 --steps 2 --output \"{Folder}-2\""), StringComparison.Ordinal);
        Assert.Contains("no warm-up", await _tiny.FaultAsync($"sweep --dim 1 --scheduler constant --warmup 0,1 --steps 2 --output \"{Folder}-2\""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_fails_is_given_up_with_its_sentence_the_others_are_trained_and_the_next_sweep_tries_it_again()
    {
        Directory.CreateDirectory(Folder);
        var blocked = Path.Combine(Folder, "dim2");
        await File.WriteAllTextAsync(blocked, "a file where the run's folder should be", TestContext.Current.CancellationToken);
        var request = Small with { Grid = [new("dim", 1, 2, 3)], Training = Small.Training! with { Steps = 3 } };
        var (isFaulty, firstStep) = (true, 0);

        var result = await Session.SweepAsync(request, Fail, cancellation: TestContext.Current.CancellationToken);

        void Fail(SweepProgress progress)
        {
            if (isFaulty && progress is { Current.Name: "dim3", Last.Step: 2 }) TorchSharp.torch.ones(3).reshape(7);
            if (!isFaulty && progress is { Current.Name: "dim3", Last.Step: var step } && firstStep == 0) firstStep = step;
        }

        Assert.Equal("dim1", result.Best!.Value.Run.Name);
        Assert.Contains("dim2", result.Runs[1].Outcome!.Fault, StringComparison.Ordinal);
        Assert.StartsWith("libtorch failed: shape '[7]' is invalid for input of size 3. The same sweep tries it again.", result.Runs[2].Outcome!.Fault, StringComparison.Ordinal);

        File.Delete(blocked);
        isFaulty = false;
        var again = await Session.SweepAsync(request, Fail, TestContext.Current.CancellationToken);

        Assert.All(again.Runs, one => Assert.Null(one.Outcome!.Fault));
        Assert.Equal(3, again.Runs[2].Outcome!.Steps);
        Assert.Equal(3, firstStep); // it was resumed where it had failed
    }

    [Fact]
    public async Task Samples_are_measured_and_measured_again_for_other_pictures_only()
    {
        for (var i = 0; i < 8; i++) _tiny.WriteImage($"real/{i}.png", (byte)(30 * i));
        _tiny.WriteImage("few/0.png", 30);
        var request = Small with { Grid = [new("dim", 1, 2)], Real = _tiny.In("few"), Evaluation = new EvaluationRequest { Count = 8, Steps = 1 } };
        await Assert.ThrowsAsync<UniVGException>(() => Session.SweepAsync(request, cancellation: TestContext.Current.CancellationToken));
        Assert.Empty(Session.Runs);

        request = request with { Real = _tiny.In("real") };
        var result = await Session.SweepAsync(request, cancellation: TestContext.Current.CancellationToken);
        await Session.SweepAsync(request, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(SweepCriterion.KernelDistance, result.Criterion);
        Assert.All(result.Runs, one => Assert.NotNull(one.Outcome!.Distance));
        Assert.Equal(2, Session.Evaluations.Count);
        await Session.SweepAsync(request with { Evaluation = new EvaluationRequest { Count = 9, Steps = 1 } }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(4, Session.Evaluations.Count);
    }

    [Theory]
    [InlineData("sweep", "nothing to try")]
    [InlineData("sweep --dim 4,,8", "--dim is '4,,8'")]
    [InlineData("sweep --dim 4,eight", "--dim is 'eight'")]
    [InlineData("sweep --lr 1e-4,-1", "--lr is")]
    [InlineData("sweep --adapter lora,lorra", "--adapter is 'lorra'")]
    [InlineData("sweep --dim 2,1280", "no layer of this model")]
    [InlineData("sweep --run \"dim 4\"", "no NAME=VALUE")]
    [InlineData("sweep --run \"dimm=4\"", "did you mean 'dim'")]
    [InlineData("sweep --run \"dim=4\" --dim 8", "given twice")]
    [InlineData("sweep --run \"sample-every=4\"", "cannot vary")]
    [InlineData("sweep --dim 1,2 --by distance", "--evaluate")]
    [InlineData("sweep --dim 1,2 --by validation", "--validation 0.2")]
    [InlineData("sweep --dim 1,2 --evaluate no-such-folder", "no folder")]
    [InlineData("sweep --dim 1,2 --evaluate-count 9", "--evaluate FOLDER")]
    public async Task What_cannot_be_tried_is_refused_before_the_first_step(string line, string part)
    {
        Assert.Contains(part, await _tiny.FaultAsync($"{line} --output \"{Folder}\""), StringComparison.Ordinal);
        Assert.Empty(Session.Runs);
        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public async Task Unsaved_steps_and_a_damaged_record_stop_a_sweep()
    {
        var run = Session.Finetune(Small.Adapter!, Small.Training, new AdapterOutput(Path.Combine(_tiny.Output, "mine.safetensors"), Overwrite: false));
        await run.StepAsync(1, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains("not saved", (await Assert.ThrowsAsync<UniVGException>(() => Session.SweepAsync(Small with { Grid = [new("dim", 1, 2)] }, cancellation: TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
        Assert.Same(run, Session.Run);
        Session.SaveAdapter();

        Directory.CreateDirectory(Folder);
        await File.WriteAllTextAsync(Path.Combine(Folder, "sweep.json"), "{", TestContext.Current.CancellationToken);
        Assert.Contains("sweep.json", (await Assert.ThrowsAsync<UniVGException>(() => Session.SweepAsync(Small with { Grid = [new("dim", 1, 2)] }, cancellation: TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
    }
}
