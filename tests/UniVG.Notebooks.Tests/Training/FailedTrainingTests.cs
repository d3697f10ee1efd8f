using UniVG.Diffusion;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Training;
using UniVG.Notebooks.Session;
using UniVG.Notebooks.Tests.Session;

namespace UniVG.Notebooks.Tests.Training;

/// <summary>What a training shows that something unforeseen ends.</summary>
public sealed class FailedTrainingTests : IDisposable
{
    private readonly TinySession _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [InlineData(false, "libtorch failed: shape '[7]' is invalid for input of size 3.")]
    [InlineData(true, "NotSupportedException: Unforeseen.")]
    public async Task The_panel_ends_as_failed_with_the_reason_and_the_state_and_the_run_goes_on(bool isBug, string reason)
    {
        var run = _tiny.Session.Finetune(
            new LoraConfig { Dim = 1, ConvDim = 0 }, new TrainingConfig { Steps = 4 }, new AdapterOutput(Path.Combine(_tiny.Output, "a.safetensors"), Overwrite: false));
        var fault = new FaultAfterStep(2, isBug ? () => throw new NotSupportedException("Unforeseen.") : () => TorchSharp.torch.ones(3).reshape(7));
        run.Observers.Add(fault);
        var host = new Commands.RecordingHost();
        _tiny.Session.Host = host;

        var e = await Assert.ThrowsAnyAsync<Exception>(() => _tiny.Session.TrainAsync(cancellation: TestContext.Current.CancellationToken));

        Assert.Equal(!isBug, e is UniVGException);
        var panel = host.Displays[^1];
        Assert.Contains("step 2/4", panel.PlainText, StringComparison.Ordinal);
        Assert.Contains("failed after", panel.PlainText, StringComparison.Ordinal);
        Assert.Contains($"\n{reason} The state after step 2 is in ", panel.PlainText, StringComparison.Ordinal);
        Assert.True(panel.Data.ContainsKey("image/png"), "the panel was left as it is while training");
        Assert.False(run.IsTraining);

        await _tiny.Session.TrainAsync(cancellation: TestContext.Current.CancellationToken);
        Assert.True(run.IsFinished);
        Assert.True(File.Exists(Path.Combine(_tiny.Output, "a.safetensors")));
    }

    private sealed class FaultAfterStep(int step, Action fault) : IRunObserver
    {
        public void OnStep(FineTuningRun run, StepReport report)
        {
            if (report.Step == step) fault();
        }
    }
}
