using UniVG.Diffusion.Weights;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Model;

/// <summary>The coarsest level between the way down and the way up: a residual block, attention, a residual block.</summary>
internal sealed class UNetMidBlock
{
    private readonly SpatialTransformer _attention;
    private readonly ResnetBlock _resnet0;
    private readonly ResnetBlock _resnet1;

    public UNetMidBlock(WeightScope scope, UNetConfig config)
    {
        var channels = config.BlockOutChannels[^1];
        var norm = new NormSettings(config.NormGroups, config.NormEps);
        _attention = new SpatialTransformer(
            scope.At("attentions.0"), channels, config.CrossAttentionDim, config.AttentionHeads[^1], config.NormGroups);
        _resnet0 = new ResnetBlock(scope.At("resnets.0"), channels, channels, norm, config.TimeEmbeddingDim);
        _resnet1 = new ResnetBlock(scope.At("resnets.1"), channels, channels, norm, config.TimeEmbeddingDim);
    }

    /// <summary>The attention to the text.</summary>
    public CrossAttention TextAttention => _attention.TextAttention;

    /// <summary>(B, channels, h, w) → (predictions, channels, h, w).</summary>
    public Tensor Forward(Tensor input, Conditioning given)
    {
        using var s = NewDisposeScope();
        var h = _resnet0.Forward(input, given.Time);
        h = _attention.Forward(h, given);
        return _resnet1.Forward(h, given.Time).MoveToOuterDisposeScope();
    }
}
