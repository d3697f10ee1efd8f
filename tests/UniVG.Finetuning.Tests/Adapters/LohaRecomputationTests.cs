using TorchSharp;
using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Weights;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Targets;
using UniVG.Finetuning.Adapters.Loha;
using UniVG.TestSupport;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Tests.Adapters;

public class LohaRecomputationTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_are_those_of_the_plain_form(bool tucker)
    {
        using var scope = NewDisposeScope();
        using var weights = new ModelWeights(new RandomWeights(seed: 1));
        var layer = new Conv2d(weights.Root.At("x"), 6, 8, kernelSize: 3, stride: 2, padding: 1);
        using var adapter = new LohaAdapter(new AdapterTarget("x", layer, Dim: 3, Alpha: 2) { Tucker = tucker }, new Generator(0));
        using (no_grad())
            foreach (var (_, parameter) in adapter.Parameters) parameter.copy_(randn(parameter.shape));
        var x = randn([2, 6, 8, 8], requires_grad: true);
        var outer = randn([2, 8, 4, 4]);

        RecomputedBranch.Differentiate((adapter.Adapt(layer, x, zeros([2, 8, 4, 4])) * outer).sum());
        Tensor[] tensors = [x, .. adapter.Parameters.Select(p => p.Tensor)];
        var actual = tensors.Select(t => t.grad!.clone()).ToArray();
        foreach (var t in tensors) t.grad = null;
        (layer.Apply(x, adapter.DeltaWeight(), bias: null) * outer).sum().backward();

        foreach (var (t, gradient) in tensors.Zip(actual)) TensorAssert.Close(t.grad!, gradient, 1e-5);
    }

    [Theory]
    [InlineData(32)]  // kept for the backward pass
    [InlineData(320)] // made anew there
    public void Changed_weight_gives_what_layer_and_branch_give(int features)
    {
        using var scope = NewDisposeScope();
        using var single = new SingleLayer(features, features);
        using var adapter = new LohaAdapter(new AdapterTarget("x", single.Layer, Dim: 3, Alpha: 2), new Generator(0));
        using (no_grad())
            foreach (var (_, parameter) in adapter.Parameters) parameter.copy_(randn(parameter.shape));
        AdapterStack.Push(single.Layer, adapter);
        adapter.Multiplier = 0.5;
        var x = randn([2, 5, features], requires_grad: true);
        var outer = randn([2, 5, features]);
        Tensor[] tensors = [x, .. adapter.Parameters.Select(p => p.Tensor)];

        var actual = single.Layer.Forward(x);
        RecomputedBranch.Differentiate((actual * outer).sum());
        var gradients = tensors.Select(t => t.grad!.clone()).ToArray();
        foreach (var t in tensors) t.grad = null;
        var expected = adapter.Adapt(single.Layer, x, single.Layer.Apply(x, single.Layer.Weight, single.Layer.Bias));
        RecomputedBranch.Differentiate((expected * outer).sum());

        TensorAssert.Close(expected, actual, 1e-5);
        foreach (var (t, gradient) in tensors.Zip(gradients)) TensorAssert.Close(t.grad!, gradient, 1e-5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_wide_convolution_of_a_low_dim_acts_as_its_change_of_the_weight(int stride)
    {
        using var scope = NewDisposeScope();
        using var weights = new ModelWeights(new RandomWeights(seed: 1));
        var layer = new Conv2d(weights.Root.At("x"), 128, 160, kernelSize: 3, stride: stride, padding: 1);
        using var adapter = new LohaAdapter(new AdapterTarget("x", layer, Dim: 4, Alpha: 2), new Generator(0));
        using (no_grad())
            foreach (var (_, parameter) in adapter.Parameters) parameter.copy_(randn(parameter.shape));
        AdapterStack.Push(layer, adapter);
        adapter.Multiplier = 0.5;
        var x = randn([2, 128, 6, 6], requires_grad: true);
        Tensor[] tensors = [x, .. adapter.Parameters.Select(p => p.Tensor)];

        var actual = layer.Forward(x);
        var outer = randn_like(actual);
        var gradients = autograd.grad([actual], tensors, [outer]);
        var expected = layer.Apply(x, layer.Weight + (0.5 * adapter.DeltaWeight()), layer.Bias);

        TensorAssert.Close(expected, actual, 1e-5);
        foreach (var (gradient, plain) in gradients.Zip(autograd.grad([expected], tensors, [outer]))) TensorAssert.Close(plain, gradient, 1e-5);
    }

    [Fact]
    public void Input_without_gradient_gets_none()
    {
        using var scope = NewDisposeScope();
        var factor = ones([2, 3], requires_grad: true);
        var x = ones([4, 3]);

        RecomputedBranch.Differentiate(RecomputedBranch.Apply((input, factors) => nn.functional.linear(input, factors[0]), x, [factor]).sum());

        Assert.Equal([4f, 4, 4, 4, 4, 4], factor.grad!.data<float>().ToArray());
        Assert.Null(x.grad);
    }

    [Fact]
    public void Failure_in_the_backward_pass_is_an_exception_after_it()
    {
        using var scope = NewDisposeScope();
        var factor = ones(3, requires_grad: true);
        var calls = 0;
        var y = RecomputedBranch.Apply((x, f) => ++calls == 1 ? x * f[0] : throw new InvalidOperationException("no memory"), ones(3), [factor]);

        Assert.Contains("no memory", Assert.Throws<InvalidOperationException>(() => RecomputedBranch.Differentiate(y.sum())).Message, StringComparison.Ordinal);
        RecomputedBranch.Differentiate((factor * 2).sum());
    }

    [Fact]
    public void Failure_of_a_branch_within_a_branch_is_told_once_and_not_to_another_thread()
    {
        using var scope = NewDisposeScope();
        var factor = ones(3, requires_grad: true);
        var calls = 0;
        Tensor Inner(Tensor x, Tensor[] f) => ++calls <= 2 ? x * f[0] : throw new InvalidOperationException("no memory");
        var y = RecomputedBranch.Apply((x, f) => RecomputedBranch.Apply(Inner, x, f), ones(3), [factor]);

        y.sum().backward(); // and nobody asks

        Exception? told = null;
        var other = new Thread(() => told = Record.Exception(() =>
        {
            using var inside = NewDisposeScope();
            var own = ones(3, requires_grad: true);
            RecomputedBranch.Differentiate(RecomputedBranch.Apply((x, f) => x * f[0], ones(3), [own]).sum());
        }));
        other.Start();
        other.Join();
        Assert.Null(told);
        RecomputedBranch.Differentiate((factor * 2).sum());
        calls = 0;
        y = RecomputedBranch.Apply((x, f) => RecomputedBranch.Apply(Inner, x, f), ones(3), [factor]);
        Assert.Equal("The backward pass failed: no memory", Assert.Throws<InvalidOperationException>(() => RecomputedBranch.Differentiate(y.sum())).Message);
    }

    [Fact]
    public void Many_steps_leave_no_tensors_behind()
    {
        using var outer = NewDisposeScope();
        var factor = ones([8, 8], requires_grad: true);
        var x = ones([2, 8], requires_grad: true);

        void Step()
        {
            using var scope = NewDisposeScope();
            RecomputedBranch.Apply((input, f) => nn.functional.linear(input, f[0] * f[0]), x, [factor]).sum().backward();
            (x.grad, factor.grad) = (null, null);
        }

        for (var i = 0; i < 5; i++) Step();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var i = 0; i < 50; i++) Step();

        // The count of a thread that disposed of others' tensors is below 0.
        Assert.InRange(DisposeScopeManager.Statistics.ThreadTotalLiveCount - before, long.MinValue, 10);
    }
}
