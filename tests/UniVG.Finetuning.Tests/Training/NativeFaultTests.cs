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
        var (losses, weights) = await TrainUndisturbedAsync(Config);

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

    [Fact]
    public async Task An_estimate_whose_thread_is_lost_or_that_is_cancelled_leaves_no_trace()
    {
        var token = TestContext.Current.CancellationToken;
        var config = Config with { Steps = 2 };
        var (_, weights) = await TrainUndisturbedAsync(config);

        var (run, keeper) = _tiny.Begin(new LoraConfig { Dim = 2, ConvDim = 0 }, config);
        run.Adapter.Multiplier = 0.25;
        var layer = run.Adapter.Adapters[0].Layer;
        layer.Adapter = new FaultyAdapter(layer.Adapter!, calls: 1, Lose);
        await Assert.ThrowsAsync<LostThreadException>(() => run.EstimateCostAsync(token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.EstimateCostAsync(new CancellationToken(canceled: true)));

        Assert.Equal((false, 0.25, 0.25), (run.IsTraining, run.Adapter.Multiplier, run.Adapter.Adapters[0].Multiplier));
        await run.RunToEndAsync(cancellationToken: token);
        Assert.Equal(weights, TinyRun.Finish((run, keeper)));
    }

    [Fact]
    public async Task A_strength_that_is_given_during_a_step_counts_after_it_and_does_not_change_what_is_learnt()
    {
        var token = TestContext.Current.CancellationToken;
        var config = Config with { Steps = 2 };
        var (_, weights) = await TrainUndisturbedAsync(config);

        var (run, keeper) = _tiny.Begin(new LoraConfig { Dim = 2, ConvDim = 0 }, config);
        var layer = run.Adapter.Adapters[^1].Layer;
        layer.Adapter = new FaultyAdapter(layer.Adapter!, calls: 2, () => run.Adapter.Multiplier = 0.5);
        await run.RunToEndAsync(cancellationToken: token);

        Assert.Equal((0.5, 0.5), (run.Adapter.Multiplier, run.Adapter.Adapters[0].Multiplier));
        Assert.Equal(weights, TinyRun.Finish((run, keeper)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_whose_optimizer_fails_half_way_says_so_and_neither_goes_on_nor_is_saved(bool isForked)
    {
        var token = TestContext.Current.CancellationToken;
        var (run, keeper) = _tiny.Begin(new LoraConfig { Dim = 2, ConvDim = 0 }, Config);
        await run.StepAsync(1, cancellationToken: token);

        // The text encoder's group comes after the UNet's.
        Assert.Equal("text_encoder", run.Optimizer.Groups[^1].Name);
        run.Optimizer.StateTensors()["text_encoder.0.exp_avg"].Dispose();
        var e = await Assert.ThrowsAnyAsync<UniVGException>(() => run.StepAsync(1, cancellationToken: token));

        Assert.StartsWith("Step 2 failed while it changed the adapter", e.Message, StringComparison.Ordinal);
        Assert.Equal((true, false, 1), (run.IsHalfStepped, run.IsTraining, run.Step));
        var again = isForked ? Assert.Throws<UniVGException>(() => run.Fork(Config with { LearningRate = 1e-5 }))
            : await Assert.ThrowsAnyAsync<UniVGException>(() => run.StepAsync(1, cancellationToken: token));
        Assert.StartsWith("Step 2 failed while it changed the adapter, and", again.Message, StringComparison.Ordinal);
        var told = new List<string>();
        keeper.Failed += told.Add;
        Assert.Null(keeper.Saver.SaveState(run));
        Assert.EndsWith("; the state after step 1 is not saved.", Assert.Single(told), StringComparison.Ordinal);
        keeper.Dispose();
        run.Dispose();
        run.Adapter.Dispose();
    }

    private async Task<(double[] Losses, float[] Weights)> TrainUndisturbedAsync(TrainingConfig config)
    {
        var straight = _tiny.Begin(new LoraConfig { Dim = 2, ConvDim = 0 }, config);
        await straight.Run.RunToEndAsync(cancellationToken: TestContext.Current.CancellationToken);
        double[] losses = [.. straight.Run.History.Snapshot().Select(step => step.Loss)];
        return (losses, TinyRun.Finish(straight));
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
