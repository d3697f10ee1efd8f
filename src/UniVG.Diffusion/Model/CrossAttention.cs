using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Weights;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace UniVG.Diffusion.Model;

/// <summary>
/// Multi-head attention (Vaswani et al. 2017) of the tokens (B, n, features) to a context (B, m, contextFeatures), or to
/// themselves where no context is given.
/// </summary>
internal sealed class CrossAttention(WeightScope scope, int features, int contextFeatures, int heads)
{
    private readonly Linear _toQuery = new(scope.At("to_q"), features, features, bias: false);
    private readonly Linear _toKey = new(scope.At("to_k"), contextFeatures, features, bias: false);
    private readonly Linear _toValue = new(scope.At("to_v"), contextFeatures, features, bias: false);
    private readonly Linear _toOut = new(scope.At("to_out.0"), features, features);

    public Tensor Forward(Tensor tokens, Tensor? context = null)
    {
        using var s = NewDisposeScope();
        var source = context ?? tokens;
        var attended = F.scaled_dot_product_attention(
            SplitHeads(_toQuery.Forward(tokens)), SplitHeads(_toKey.Forward(source)), SplitHeads(_toValue.Forward(source)));
        return _toOut.Forward(MergeHeads(attended)).MoveToOuterDisposeScope();
    }

    private Tensor SplitHeads(Tensor x) => x.reshape(x.shape[0], x.shape[1], heads, features / heads).transpose(1, 2); // (B, heads, n, d)

    private Tensor MergeHeads(Tensor x) => x.transpose(1, 2).reshape(x.shape[0], x.shape[2], features);              // (B, n, features)
}
