using UniVG.Diffusion.Weights;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace UniVG.Diffusion.Layers;

/// <summary>A 2-D convolution with a square kernel: (B, in, h, w) → (B, out, h', w').</summary>
public sealed class Conv2d(
    WeightScope scope, long inChannels, long outChannels, int kernelSize, int stride = 1, int padding = 0, WeightInit? init = null)
    : AdaptableLayer(scope, [outChannels, inChannels, kernelSize, kernelSize], hasBias: true, init)
{
    private readonly long[] _strides = [stride, stride];
    private readonly long[] _padding = [padding, padding];

    /// <summary>The step between kernel positions.</summary>
    public int Stride => stride;

    /// <summary>The zeros added on each side.</summary>
    public int Padding => padding;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor input, Tensor weight, Tensor? bias) => Im2ColConvolution.IsCheaper(input, weight, Stride)
        ? Im2ColConvolution.Apply(input, weight, bias, Stride, Padding)
        : F.conv2d(input, weight, bias, _strides, _padding);
}
