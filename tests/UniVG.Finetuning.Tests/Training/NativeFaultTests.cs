using UniVG.Diffusion;
using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Runtime;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Tests.Training.State;
using UniVG.Finetuning.Training;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Tests.Training;

/// <summary>libtorch fails in the middle of a step.</summary>
public sealed class NativeFaultTests : IDisposable
{
    private static readonly TrainingConfig Config = new() { Steps = 4, GradientAccumulationSteps = 2, LearningRate = 1e-3 };

    private readonly TinyRun _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_step_that_libtorch_fails_in_leaves_no_trace_whether_its_thread_comes_back_or_not(bool losesThread)
    {
        var straight = _tiny.Begin(new LoraConfig { Dim = 2, ConvDim = 0 }, Config);
        await straight.Run.RunToEndAsync(cancellationToken: TestContext.Current.CancellationToken);
        double[] losses = [.. straight.Run.History.Snapshot().Select(step => step.Loss)];
        var weights = TinyRun.Finish(straight);

        var (run, keeper) = _tiny.Begin(new LoraConfig { Dim = 2, ConvDim = 0 }, Config);
        run.Adapter.Multiplier = 0.25;
        await run.StepAsync(1, cancellationToken: TestContext.Current.CancellationToken);

        // In the second batch of the step, when the first has left its gradients.
        var layer = run.Adapter.Adapters[^1].Layer;
        layer.Adapter = new FaultyAdapter(layer.Adapter!, calls: 2, losesThread ? Lose : () => nn.functional.linear(ones(2, 3), ones(2, 4)));
        var e = await Assert.ThrowsAnyAsync<UniVGException>(() => run.StepAsync(1, cancellationToken: TestContext.Current.CancellationToken));

        Assert.StartsWith("libtorch failed: mat1 and mat2 shapes cannot be multiplied", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        Assert.Equal((false, false, 1, 0.25), (run.IsTraining, run.HasFailed, run.Step, run.Adapter.Multiplier));
        await run.RunToEndAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(losses, run.History.Snapshot().Select(step => step.Loss));
        Assert.Equal(weights, TinyRun.Finish((run, keeper)));
    }

    // As the kernel's handler of native errors does.
    private static void Lose()
    {
        FinalizerPause.EndAll();
        ComputeThread.TryAbandon("mat1 and mat2 shapes cannot be multiplied");
        Thread.Sleep(Timeout.Infinite);
    }

    private sealed class FaultyAdapter(ILayerAdapter inner, int calls, Action fault) : ILayerAdapter
    {
        private int _calls = calls;

        public Tensor Forward(AdaptableLayer layer, Tensor input)
        {
            if (--_calls == 0) fault();
            return inner.Forward(layer, input);
        }

        public Tensor Adapt(AdaptableLayer layer, Tensor input, Tensor output) => inner.Adapt(layer, input, output);

        public Tensor Fuse(Tensor weight) => inner.Fuse(weight);
    }
}
