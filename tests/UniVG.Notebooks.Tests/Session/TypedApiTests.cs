using UniVG.Diffusion;
using UniVG.Finetuning.Adapters.Loha;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Training;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Exploration;
using UniVG.Notebooks.Session;
using UniVG.Notebooks.Tests.Commands;

namespace UniVG.Notebooks.Tests.Session;

/// <summary>What the commands do, called from C#.</summary>
public sealed class TypedApiTests : IDisposable
{
    private static readonly LoraConfig Small = new() { Dim = 2, Alpha = 1, ConvDim = 0 };
    private readonly TinySession _tiny = new();

    private UniVGSession Session => _tiny.Session;

    private AdapterOutput File => new(Path.Combine(_tiny.Output, "a.safetensors"), Overwrite: false);

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public async Task Finetune_begins_a_run_that_steps_plots_and_saves()
    {
        var run = Session.Finetune(Small, new TrainingConfig { Steps = 3, Seed = 7 }, File);
        await run.StepAsync(2, cancellationToken: TestContext.Current.CancellationToken);
        var plot = run.History.Plot("two steps");

        Assert.Equal((2, 7L, run), (run.Step, Session.AdapterSeed, Session.Run));
        Assert.StartsWith("two steps\nLoss over steps 1–2", plot.PlainText, StringComparison.Ordinal);
        Assert.True(plot.Data.ContainsKey("application/vnd.plotly.v1+json") && plot.Data.ContainsKey("image/png"));
        Assert.Equal((File.Path, 2), (Session.SaveAdapter().Path, Session.SaveAdapter().Steps));
    }

    [Fact]
    public async Task Training_from_csharp_shows_the_panel_and_writes_the_file_as_the_command_does()
    {
        var host = new RecordingHost();
        Session.Host = host;
        Session.Finetune(Small, new TrainingConfig { Steps = 4, SampleEvery = 4 }, File);

        await Session.TrainAsync(1, TestContext.Current.CancellationToken);
        Assert.Contains("Stopped after step 1 of 4", host.Text, StringComparison.Ordinal);
        var run = await Session.TrainAsync(cancellation: TestContext.Current.CancellationToken);

        Assert.True(run.IsFinished && Session.IsSaved);
        Assert.Contains("Samples after step 4", host.Text, StringComparison.Ordinal);
        Assert.True(System.IO.File.Exists(File.Path));
    }

    [Fact]
    public async Task Adapters_beside_a_run_that_trains_stay_as_they_are()
    {
        await Session.Finetune(Small, new TrainingConfig { Steps = 1 }, File).StepAsync(1, cancellationToken: TestContext.Current.CancellationToken);
        var saved = Session.SaveAdapter().Path;
        Session.DetachAdapter();
        var beside = Session.AddAdapter(saved).Name;
        var run = Session.Finetune(Small, new TrainingConfig { Steps = 1 }, new(Path.Combine(_tiny.Output, "b.safetensors"), Overwrite: false));
        var copy = Path.Combine(_tiny.Output, "c.safetensors");
        System.IO.File.Copy(saved, copy);

        var told = new List<string>();
        await run.StepAsync(
            1,
            _ =>
            {
                told.Add(Assert.Throws<UniVGException>(() => Session.AddAdapter(copy)).Message);
                told.Add(Assert.Throws<UniVGException>(() => Session.DetachAdapter(beside)).Message);
            },
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(2, told.Count);
        Assert.All(told, message => Assert.Contains("training in the background", message, StringComparison.Ordinal));
        Assert.Equal(2, Session.Adapters.Count);
        Assert.Equal(beside, Session.DetachAdapter(beside).Name);
    }

    [Fact]
    public async Task Without_a_host_training_is_silent_and_can_be_cancelled()
    {
        var run = Session.Finetune(Small, new TrainingConfig { Steps = 1000 }, File);
        using var cancel = new CancellationTokenSource();
        run.Observers.Add(new AfterSteps(2, cancel.Cancel));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Session.TrainAsync(cancellation: cancel.Token));

        Assert.Equal(2, run.Step);
        Assert.Equal(2, Session.ResumeRun(_tiny.Output).Run.Step);
    }

    [Fact]
    public async Task A_run_that_another_takes_the_place_of_while_it_trains_stops_and_says_so()
    {
        var host = new RecordingHost();
        Session.Host = host;
        var first = Session.Finetune(Small, new TrainingConfig { Steps = 10_000 }, File);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        first.Observers.Add(new AfterSteps(1, begun.SetResult));
        var training = Session.TrainAsync(cancellation: TestContext.Current.CancellationToken);
        await begun.Task;

        Session.AttachAdapter(Small);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => training);
        Assert.Contains("as the run was replaced", host.Text, StringComparison.Ordinal);
        Assert.Equal(first.Step, first.History.Count);
    }

    [Fact]
    public async Task A_strength_that_is_no_number_draws_nothing()
    {
        Session.AttachAdapter(Small);
        Assert.Contains("scale is NaN", await FaultAsync(() => Session.SampleAsync(Session.NewRequest(), double.NaN)), StringComparison.Ordinal);
        Assert.Contains("scale is NaN", await FaultAsync(() => Session.SampleGridAsync(new("seed", 1, 2), scale: double.NaN)), StringComparison.Ordinal);
    }

    [Fact]
    public void Finetune_that_cannot_begin_leaves_the_present_adapter()
    {
        var present = Session.AttachAdapter(Small);
        System.IO.Directory.CreateDirectory(_tiny.Output);
        System.IO.File.WriteAllText(File.Path, "of somebody else");

        Assert.Contains("exists already", Fault(() => Session.Finetune(new LohaConfig(), new TrainingConfig { Steps = 1 }, File)), StringComparison.Ordinal);
        Assert.Contains("dim is 0", Fault(() => Session.Finetune(new LoraConfig { Dim = 0 })), StringComparison.Ordinal);
        Assert.Contains("--lr is -1", Fault(() => Session.Finetune(Small, new TrainingConfig { LearningRate = -1 })), StringComparison.Ordinal);

        Assert.Same(present, Session.Adapter);
        Assert.Empty(Session.Runs);
    }

    [Fact]
    public void Guide_settings_follow_the_kind_of_adapter()
    {
        Assert.Equal(3000, Session.Finetune(Small, output: File).TotalSteps);
        Assert.Equal(1500, Session.Finetune(new LohaConfig { Dim = 2 }, output: File).TotalSteps);
    }

    [Fact]
    public async Task What_was_disposed_by_hand_is_named_in_one_sentence()
    {
        var run = Session.Finetune(Small, new TrainingConfig { Steps = 3 }, File);
        Session.Adapter!.Dispose();
        Assert.Contains("adapter was disposed", await FaultAsync(() => run.StepAsync(1)), StringComparison.Ordinal);
        Assert.Contains("No adapter", await FaultAsync(() => Session.TrainAsync()), StringComparison.Ordinal);

        run = Session.Finetune(Small, new TrainingConfig { Steps = 3 }, File);
        Session.Model!.Dispose();
        Assert.Contains("model was disposed", await FaultAsync(() => run.StepAsync(1)), StringComparison.Ordinal);
        Assert.Contains("No model", await FaultAsync(() => Session.TrainAsync()), StringComparison.Ordinal);
        Assert.Contains("No model", await _tiny.FaultAsync("sample"), StringComparison.Ordinal);
        Assert.Contains("No model", await _tiny.FaultAsync("save"), StringComparison.Ordinal);
        Assert.Contains("none", (await _tiny.RunAsync("")).Text, StringComparison.Ordinal);

        Session.LoadModel("tiny");
        Assert.Contains("disposed", await FaultAsync(() => run.StepAsync(1)), StringComparison.Ordinal);
        Assert.Equal(1, (await StepOnceAsync()).Step);
    }

    [Fact]
    public async Task Calls_without_what_they_need_say_what_to_run()
    {
        using var empty = new UniVGSession();
        Assert.Contains("#!univg model", Fault(() => empty.Finetune(Small)), StringComparison.Ordinal);
        Assert.Contains("path is empty", Fault(() => empty.LoadModel(null!)), StringComparison.Ordinal);
        Assert.Contains("univg.Finetune", await FaultAsync(async () =>
        {
            Session.AttachAdapter(Small);
            await Session.TrainAsync();
        }), StringComparison.Ordinal);
    }

    private async Task<FineTuningRun> StepOnceAsync()
    {
        var run = Session.Finetune(Small, new TrainingConfig { Steps = 3 }, File);
        await run.StepAsync(1, cancellationToken: TestContext.Current.CancellationToken);
        return run;
    }

    private static string Fault(Func<object> call) => Assert.Throws<UniVGException>(() => { call(); }).Message;

    private static async Task<string> FaultAsync(Func<Task> call) => (await Assert.ThrowsAsync<UniVGException>(call)).Message;

    private sealed class AfterSteps(int steps, Action action) : IRunObserver
    {
        public void OnStep(FineTuningRun run, StepReport report)
        {
            if (report.Step == steps) action();
        }

        public void OnValidation(FineTuningRun run, ValidationPoint point)
        {
        }
    }
}
