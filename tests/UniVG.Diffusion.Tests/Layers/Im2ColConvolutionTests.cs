using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Runtime;
using UniVG.Diffusion.Weights;
using UniVG.TestSupport;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace UniVG.Diffusion.Tests.Layers;

public sealed class Im2ColConvolutionTests
{
    static Im2ColConvolutionTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData(1, 4, 3, 1, 1, true)]
    [InlineData(2, 4, 3, 1, 1, false)]
    [InlineData(3, 5, 3, 2, 1, true)]
    [InlineData(2, 6, 3, 2, 0, true)]
    [InlineData(2, 2, 1, 1, 0, true)]
    public void Output_and_gradients_are_those_of_the_convolution(int batch, int side, int kernel, int stride, int padding, bool hasBias)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var x = randn([batch, 8, side, side + 1], requires_grad: true);
        var weight = randn([12, 8, kernel, kernel], requires_grad: true);
        var bias = hasBias ? randn([12], requires_grad: true) : null;
        Tensor[] tensors = bias is null ? [x, weight] : [x, weight, bias];

        var expected = F.conv2d(x, weight, bias, [stride, stride], [padding, padding]);
        var outer = randn_like(expected);
        var gradients = autograd.grad([expected], tensors, [outer]);
        var actual = Im2ColConvolution.Apply(x, weight, bias, stride, padding);

        Assert.True(actual.is_contiguous());
        TensorAssert.Close(expected, actual, 1e-5);
        foreach (var (mine, other) in autograd.grad([actual], tensors, [outer]).Zip(gradients)) TensorAssert.Close(other, mine, 1e-5);
    }

    [Fact]
    public void Wide_layers_over_few_positions_take_it_and_others_do_not()
    {
        using var scope = NewDisposeScope();
        var wide = empty([1280, 640, 3, 3]);

        Assert.True(Im2ColConvolution.IsCheaper(empty([2, 640, 4, 4]), wide, stride: 1));
        Assert.True(Im2ColConvolution.IsCheaper(empty([1, 640, 16, 16]), wide, stride: 2));
        Assert.False(Im2ColConvolution.IsCheaper(empty([2, 640, 8, 8]), wide, stride: 1));
        Assert.False(Im2ColConvolution.IsCheaper(empty([2, 640, 4, 4]), empty([32, 640, 3, 3]), stride: 1));
        Assert.False(Im2ColConvolution.IsCheaper(empty([2, 640, 4, 4]).bfloat16(), wide.bfloat16(), stride: 1));
    }

    [Fact]
    public void A_layer_that_takes_it_gives_what_the_convolution_gives()
    {
        using var scope = NewDisposeScope();
        using var weights = new ModelWeights(new RandomWeights(seed: 1));
        var layer = new Conv2d(weights.Root.At("x"), 768, 640, kernelSize: 3, padding: 1);
        var x = randn(2, 768, 3, 3);

        TensorAssert.Close(F.conv2d(x, layer.Weight, layer.Bias, padding: [1, 1]), layer.Forward(x), 1e-5);
    }
}
