using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Weights;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace UniVG.Diffusion.Model;

/// <summary>
/// Multi-head attention (Vaswani et al. 2017) of the tokens (B, n, features) to a context (B, m, contextFeatures), or to
/// themselves where no context is given. A context of fewer rows serves each row to as many consecutive samples.
/// </summary>
internal sealed class CrossAttention(WeightScope scope, int features, int contextFeatures, int heads)
{
    private readonly Linear _toQuery = new(scope.At("to_q"), features, features, bias: false);
    private readonly Linear _toKey = new(scope.At("to_k"), contextFeatures, features, bias: false);
    private readonly Linear _toValue = new(scope.At("to_v"), contextFeatures, features, bias: false);
    private readonly Linear _toOut = new(scope.At("to_out.0"), features, features);

    // (rows, heads, m, d) each.
    private (Tensor Keys, Tensor Values)? _kept;

    public Tensor Forward(Tensor tokens, Tensor? context = null)
    {
        using var s = NewDisposeScope();
        var (keys, values) = _kept ?? Project(context ?? tokens);
        var batch = tokens.shape[0];
        var attended = F.scaled_dot_product_attention(SplitHeads(_toQuery.Forward(tokens)), ForEach(keys, batch), ForEach(values, batch));
        return _toOut.Forward(MergeHeads(attended)).MoveToOuterDisposeScope();
    }

    /// <summary>From now on attends to this context (rows, m, contextFeatures), whose keys and values are computed here, once.</summary>
    public void Keep(Tensor context)
    {
        using var s = NewDisposeScope();
        var (keys, values) = Project(context);
        _kept = (keys.DetachFromDisposeScope(), values.DetachFromDisposeScope());
    }

    /// <summary>Ends what <see cref="Keep"/> began.</summary>
    public void Forget()
    {
        _kept?.Keys.Dispose();
        _kept?.Values.Dispose();
        _kept = null;
    }

    private static Tensor ForEach(Tensor x, long batch) =>
        x.shape[0] == batch ? x : x.unsqueeze(1).expand(-1, batch / x.shape[0], -1, -1, -1).flatten(0, 1);

    private (Tensor Keys, Tensor Values) Project(Tensor source) => (SplitHeads(_toKey.Forward(source)), SplitHeads(_toValue.Forward(source)));

    private Tensor SplitHeads(Tensor x) => x.reshape(x.shape[0], x.shape[1], heads, features / heads).transpose(1, 2); // (B, heads, n, d)

    private Tensor MergeHeads(Tensor x) => x.transpose(1, 2).reshape(x.shape[0], x.shape[2], features);              // (B, n, features)
}
