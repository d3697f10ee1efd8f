using UniVG.Diffusion.Layers;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters.Operations;

/// <summary>A change of a layer's weight that is to be approximated.</summary>
/// <param name="Name">The name of its adapter.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Scale">The scale that the approximation is to have.</param>
/// <param name="Delta">Computes ΔW, scale included.</param>
/// <param name="Factorized">Gives ΔW without scale as a product of two factors; null where there are none.</param>
internal sealed record ChangeOfLayer(string Name, AdaptableLayer Layer, double Scale, Func<Tensor> Delta, Func<(Tensor Left, Tensor Right)?> Factorized)
{
    /// <summary>The change that an adapter makes.</summary>
    public static ChangeOfLayer Of(Adapter adapter) => new(adapter.Name, adapter.Layer, adapter.Scale, adapter.DeltaWeight, adapter.Factorized);

    /// <summary>The singular value decomposition of ΔW / scale, largest values first: (out, n), (n), (n, in·k·k).</summary>
    public (Tensor U, Tensor S, Tensor V) Decompose()
    {
        if (Factorized() is not ({ } left, { } right) || 2 * left.shape[1] > Math.Min(left.shape[0], right.shape[1]))
            return linalg.svd(Delta().flatten(1).div(Scale), fullMatrices: false);

        // L·R = Ql·(Tl·Trᵀ)·Qrᵀ: the matrix in the middle is as small as the rank.
        var (ql, tl) = linalg.qr(left);
        var (qr, tr) = linalg.qr(right.t());
        var (u, s, v) = linalg.svd(tl.mm(tr.t()), fullMatrices: false);
        return (ql.mm(u), s, v.mm(qr.t()));
    }
}
