using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Weights;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Model;

/// <summary>
/// A transformer block over the pixels of a feature map (Rombach et al. 2022), with a residual connection around it:
/// (B, channels, h, w) → (predictions, channels, h, w). Diffusers calls it Transformer2DModel.
/// </summary>
internal sealed class SpatialTransformer(WeightScope scope, int channels, int contextFeatures, int heads, int groups)
{
    // Unlike every other norm of the UNet, this one has LDM's epsilon of 1e-6.
    private readonly GroupNorm _norm = new(scope.At("norm"), groups, channels, eps: 1e-6);
    private readonly Conv2d _projectIn = new(scope.At("proj_in"), channels, channels, kernelSize: 1);
    private readonly BasicTransformerBlock _block = new(scope.At("transformer_blocks.0"), channels, contextFeatures, heads);
    private readonly Conv2d _projectOut = new(scope.At("proj_out"), channels, channels, kernelSize: 1, init: WeightInit.Zeros);

    /// <summary>The attention to the text.</summary>
    public CrossAttention TextAttention => _block.TextAttention;

    public Tensor Forward(Tensor input, Conditioning given)
    {
        using var s = NewDisposeScope();
        var (height, width) = (input.shape[2], input.shape[3]);
        var tokens = _projectIn.Forward(_norm.Forward(input)).flatten(2).transpose(1, 2);                   // (B, h·w, channels)
        var mixed = _block.Forward(tokens, given);

        // Contiguous, or every convolution from here on would bring its whole weight into the order of channels last.
        var map = mixed.transpose(1, 2).contiguous().reshape(given.Count, channels, height, width);         // (predictions, channels, h, w)
        return _projectOut.Forward(map).add_(given.ForEachText(input)).MoveToOuterDisposeScope();
    }
}
