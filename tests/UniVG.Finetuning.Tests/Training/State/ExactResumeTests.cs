using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Loha;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.Optimizers;

namespace UniVG.Finetuning.Tests.Training.State;

/// <summary>Runs on the embedded model that are stopped, saved and taken up by new objects.</summary>
public sealed class ExactResumeTests : IDisposable
{
    private const int Steps = 8;
    private readonly TinyRun _tiny = new();

    public static TheoryData<string> Optimizers => [.. KnownOptimizers.Names];

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [MemberData(nameof(Optimizers))]
    public Task Every_optimizer_goes_on_bit_for_bit(string optimizer) =>
        AssertResumes(new LoraConfig { Dim = 2, ConvDim = 0 }, new TrainingConfig { Optimizer = optimizer });

    [Fact]
    public Task Quantised_moments_go_on_bit_for_bit() => AssertResumes(
        new LoraConfig { Dim = 2, ConvDim = 0 }, new TrainingConfig { Optimizer = "AdamW8bit", OptimizerArguments = ["min_8bit_size=0"], GradientCheckpointing = true });

    [Fact]
    public Task Lora_with_dropouts_goes_on_bit_for_bit() =>
        AssertResumes(new LoraConfig { Dim = 2, ConvDim = 2, Dropout = 0.3, RankDropout = 0.3, ModuleDropout = 0.3 }, new TrainingConfig { ScaleWeightNorms = 0.01 });

    [Fact]
    public Task Loha_with_dropout_and_accumulation_goes_on_bit_for_bit() =>
        AssertResumes(new LohaConfig { Dim = 2, ConvDim = 0, RankDropout = 0.2 }, TrainingConfig.Loha with { GradientAccumulationSteps = 2 });

    [Fact]
    public async Task An_adapter_from_a_file_and_changed_settings_go_on_bit_for_bit()
    {
        var token = TestContext.Current.CancellationToken;
        var training = new TrainingConfig { Steps = 6, LearningRate = 1e-3 };
        var first = _tiny.Begin(new LohaConfig { Dim = 2, ConvDim = 0, Alpha = 0.3 }, training, new() { EverySteps = 2 });
        await first.Run.StepAsync(2, cancellationToken: token);
        TinyRun.Finish(first);
        var file = _tiny.Files.AdapterAtStep(2);

        var straight = _tiny.Begin(file, training);
        await straight.Run.StepAsync(3, cancellationToken: token);
        straight.Run.Change(straight.Run.Config with { LearningRate = 5e-4, MinSnrGamma = 5 });
        straight.Keeper.Saver.SaveState(straight.Run);
        await straight.Run.RunToEndAsync(cancellationToken: token);
        var expected = TinyRun.Finish(straight);

        var resumed = _tiny.Resume();
        Assert.Equal((3, 5), (resumed.Run.Step, resumed.Run.Config.MinSnrGamma));
        Assert.Single(resumed.Run.History.Changes);
        await resumed.Run.RunToEndAsync(cancellationToken: token);

        Assert.Equal(expected, TinyRun.Finish(resumed));
    }

    private async Task AssertResumes(AdapterConfig adapter, TrainingConfig training)
    {
        var token = TestContext.Current.CancellationToken;
        training = training with { Steps = Steps, BatchSize = 2, LearningRate = 1e-3, Scheduler = "cosine", WarmupSteps = 2 };
        if (KnownOptimizers.Find(training.Optimizer).HasOneRate) training = training with { TextEncoderLearningRate = training.LearningRate };
        var straight = _tiny.Begin(adapter, training);
        await straight.Run.RunToEndAsync(cancellationToken: token);
        var expectedHistory = straight.Run.History.Snapshot().Select(WithoutTime).ToList();
        var expected = TinyRun.Finish(straight);

        var interrupted = _tiny.Begin(adapter, training);
        await interrupted.Run.StepAsync(3, cancellationToken: token);
        Assert.EndsWith("a-step00000003-state", interrupted.Keeper.Saver.SaveState(interrupted.Run), StringComparison.Ordinal);
        var id = interrupted.Run.Id;
        TinyRun.Finish(interrupted);

        var once = _tiny.Resume();
        Assert.Equal((3, id), (once.Run.Step, once.Run.Id));
        await once.Run.StepAsync(2, cancellationToken: token);
        once.Keeper.Saver.SaveState(once.Run);
        TinyRun.Finish(once);

        var twice = _tiny.Resume();
        Assert.Equal(5, twice.Run.Step);
        await twice.Run.RunToEndAsync(cancellationToken: token);

        Assert.Equal(expectedHistory, twice.Run.History.Snapshot().Select(WithoutTime));
        Assert.Equal(expected, TinyRun.Finish(twice));
    }

    private static StepReport WithoutTime(StepReport report) => report with { Seconds = 0 };
}
