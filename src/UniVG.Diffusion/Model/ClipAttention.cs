using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Weights;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace UniVG.Diffusion.Model;

/// <summary>Causal multi-head self-attention of the CLIP text encoder: (B, n, features) → the same.</summary>
internal sealed class ClipAttention(WeightScope scope, int features, int heads)
{
    // Key, value, query: the order of transformers' CLIPAttention, and so of the layers in an adapter.
    private readonly Linear _key = new(scope.At("k_proj"), features, features);
    private readonly Linear _value = new(scope.At("v_proj"), features, features);
    private readonly Linear _query = new(scope.At("q_proj"), features, features);
    private readonly Linear _out = new(scope.At("out_proj"), features, features);

    public Tensor Forward(Tensor tokens)
    {
        using var s = NewDisposeScope();
        var attended = F.scaled_dot_product_attention(
            SplitHeads(_query.Forward(tokens)), SplitHeads(_key.Forward(tokens)), SplitHeads(_value.Forward(tokens)), is_casual: true);
        return _out.Forward(attended.transpose(1, 2).reshape(tokens.shape)).MoveToOuterDisposeScope();
    }

    private Tensor SplitHeads(Tensor x) => x.reshape(x.shape[0], x.shape[1], heads, features / heads).transpose(1, 2); // (B, heads, n, d)
}
