using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Weights;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace UniVG.Diffusion.Model;

/// <summary>Halves a feature map by a strided convolution: (B, channels, h, w) → (B, channels, ⌈h/2⌉, ⌈w/2⌉) in the UNet.</summary>
/// <param name="scope">The layer's place in the model.</param>
/// <param name="channels">Channels in and out.</param>
/// <param name="padsBothSides">True: a zero on all sides (UNet); false: only at the right and at the bottom (VAE), where odd sizes round down.</param>
internal sealed class Downsample(WeightScope scope, int channels, bool padsBothSides)
{
    private readonly Conv2d _conv = new(scope.At("conv"), channels, channels, kernelSize: 3, stride: 2, padding: padsBothSides ? 1 : 0);

    public Tensor Forward(Tensor input)
    {
        using var s = NewDisposeScope();
        return _conv.Forward(padsBothSides ? input : F.pad(input, (0, 1, 0, 1))).MoveToOuterDisposeScope();
    }
}
