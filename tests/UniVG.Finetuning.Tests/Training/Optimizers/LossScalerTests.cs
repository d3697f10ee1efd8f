using UniVG.Finetuning.Training.Optimizers;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Tests.Training.Optimizers;

public class LossScalerTests
{
    [Fact]
    public void Gradients_are_those_of_the_plain_loss()
    {
        using var scope = NewDisposeScope();
        using var scaler = new LossScaler(CPU);
        var p = tensor([1f, 2f], requires_grad: true);

        scaler.Scale((p * p).sum()).backward();
        Assert.Equal(65536 * 4, p.grad![1].item<float>());

        Assert.True(scaler.Unscale([p]));
        Assert.Equal([2f, 4f], p.grad!.data<float>().ToArray());
        Assert.Equal((65536.0, 0), (scaler.Factor, scaler.SkippedSteps));
    }

    [Theory]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NaN)]
    public void Overflow_skips_the_step_and_halves_the_factor(float value)
    {
        using var scope = NewDisposeScope();
        using var scaler = new LossScaler(CPU);
        var (p, q) = (ones(3, requires_grad: true), ones(2, requires_grad: true));
        (p.grad, q.grad) = (ones(3), full(2, value));

        Assert.False(scaler.Unscale([p, q]));

        Assert.Equal((32768.0, 1), (scaler.Factor, scaler.SkippedSteps));
    }

    [Fact]
    public void Factor_doubles_after_2000_good_steps_also_across_a_saved_state()
    {
        using var scope = NewDisposeScope();
        using var first = new LossScaler(CPU);
        var p = ones(1, requires_grad: true);
        p.grad = ones(1);
        for (var i = 0; i < 1500; i++) Assert.True(first.Unscale([p]));

        using var second = new LossScaler(CPU);
        second.LoadStateTensors(first.StateTensors().ToDictionary(t => t.Key, t => t.Value.clone()));
        for (var i = 0; i < 499; i++) second.Unscale([p]);
        Assert.Equal(65536, second.Factor);
        second.Unscale([p]);
        Assert.Equal(131072, second.Factor);
    }
}
