using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Weights;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace UniVG.Diffusion.Model;

/// <summary>Enlarges a feature map by repeating pixels, then convolves: (B, channels, h, w) → (B, channels, height, width).</summary>
internal sealed class Upsample(WeightScope scope, int channels)
{
    private readonly Conv2d _conv = new(scope.At("conv"), channels, channels, kernelSize: 3, padding: 1);

    /// <summary>Doubles height and width.</summary>
    public Tensor Forward(Tensor input) => Forward(input, 2 * input.shape[2], 2 * input.shape[3]);

    /// <summary>Enlarges to the given size: the UNet's skip connections of odd size are not exactly twice as large.</summary>
    public Tensor Forward(Tensor input, long height, long width)
    {
        using var s = NewDisposeScope();
        return _conv.Forward(F.interpolate(input, size: [height, width], mode: InterpolationMode.Nearest)).MoveToOuterDisposeScope();
    }
}
