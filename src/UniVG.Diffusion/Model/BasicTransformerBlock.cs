using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Weights;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Model;

/// <summary>
/// Self-attention, attention to the text and a feed-forward layer, each behind a layer normalisation and a residual connection:
/// tokens (B, n, features) → (predictions, n, features).
/// </summary>
internal sealed class BasicTransformerBlock(WeightScope scope, int features, int contextFeatures, int heads)
{
    private readonly CrossAttention _selfAttention = new(scope.At("attn1"), features, features, heads);
    private readonly GegluFeedForward _feedForward = new(scope.At("ff"), features);
    private readonly CrossAttention _textAttention = new(scope.At("attn2"), features, contextFeatures, heads);
    private readonly LayerNorm _norm1 = new(scope.At("norm1"), features);
    private readonly LayerNorm _norm2 = new(scope.At("norm2"), features);
    private readonly LayerNorm _norm3 = new(scope.At("norm3"), features);

    /// <summary>The attention to the text.</summary>
    public CrossAttention TextAttention => _textAttention;

    public Tensor Forward(Tensor tokens, Conditioning given)
    {
        using var s = NewDisposeScope();
        var x = tokens;
        x = _selfAttention.Forward(_norm1.Forward(x)).add_(x);
        x = given.ForEachText(x);
        x = _textAttention.Forward(_norm2.Forward(x), given.Text).add_(x);
        x = _feedForward.Forward(_norm3.Forward(x)).add_(x);
        return x.MoveToOuterDisposeScope();
    }
}
