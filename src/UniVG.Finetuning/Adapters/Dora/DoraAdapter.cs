using UniVG.Diffusion;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Adapters.Targets;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters.Dora;

/// <summary>
/// DoRA, weight-decomposed adaptation (Liu et al. 2024), around an adapter of any method, as LyCORIS: W' = m · (W + ΔW) / ‖W + ΔW‖
/// with a trained magnitude m for each output (or, in older files, each input), norms taken over all other sizes. The change is
/// W' − W, and a strength scales all of it, as A1111 and ComfyUI do; LyCORIS itself would scale m alone. LyCORIS adds the smallest
/// float32 step to the norm; without it a fresh DoRA changes nothing, to the bit.
/// </summary>
public sealed class DoraAdapter : Adapter
{
    /// <summary>The suffix of the magnitudes.</summary>
    public const string MagnitudeSuffix = "dora_scale";

    private const double SmallestSquare = 1e-36; // the root of 0 has no gradient

    private readonly Tensor _magnitude; // (out, 1, …), or (1, in, 1, …)
    private readonly long[] _normed;    // the dimensions that have size 1 there

    /// <summary>Decomposes the layer's weight: m = ‖W‖ of each output.</summary>
    /// <param name="target">The layer and its sizes.</param>
    /// <param name="lowRank">The adapter that makes ΔW; owned.</param>
    public DoraAdapter(AdapterTarget target, Adapter lowRank)
        : base(target)
    {
        using var noGrad = no_grad();
        LowRank = lowRank;
        _normed = AllBut(0);
        using var scope = NewDisposeScope();
        _magnitude = Parameter(Norm(Layer.Weight.to(ScalarType.Float32)));
    }

    /// <summary>Takes the magnitudes from a file.</summary>
    /// <param name="target">The layer and its sizes.</param>
    /// <param name="lowRank">The adapter that makes ΔW; owned.</param>
    /// <param name="tensors">The file's tensors.</param>
    /// <exception cref="UniVGException">The magnitudes are not of the layer's size.</exception>
    public DoraAdapter(AdapterTarget target, Adapter lowRank, AdapterTensors tensors)
        : base(target)
    {
        LowRank = lowRank;
        long[] shape = [.. Layer.Weight.shape];
        _normed = AllBut(tensors.Size(MagnitudeSuffix, 0) == 1 && tensors.Size(MagnitudeSuffix, 1) == shape[1] ? 1 : 0);
        foreach (var dimension in _normed) shape[dimension] = 1;
        _magnitude = Parameter(tensors.Take(MagnitudeSuffix, shape));
    }

    /// <inheritdoc/>
    public override Adapter LowRank { get; }

    /// <inheritdoc/>
    public override double Scale => 1;

    /// <inheritdoc/>
    public override IReadOnlyList<(string Suffix, Tensor Tensor)> Parameters => [(MagnitudeSuffix, _magnitude), .. LowRank.Parameters];

    /// <inheritdoc/>
    internal override AdapterMemory MemoryOf(long positions)
    {
        // The norm and what is divided by it, each with its gradient, beside what ΔW takes.
        var change = base.MemoryOf(positions);
        return new AdapterMemory(2 * change.KeptBytes, 2 * change.WorkingBytes);
    }

    /// <inheritdoc/>
    protected internal override Tensor Product(Tensor[] factors)
    {
        var weight = Layer.Weight.detach().to(ScalarType.Float32);
        var changed = weight.add(LowRank.Product(factors[1..]), alpha: LowRank.Scale);
        return changed.mul(factors[0].div(Norm(changed))).sub(weight);
    }

    private Tensor Norm(Tensor weight) => weight.square().sum(_normed, keepdim: true).clamp_min(SmallestSquare).sqrt();

    private long[] AllBut(long dimension) => [.. Enumerable.Range(0, Layer.Weight.shape.Length).Select(i => (long)i).Where(i => i != dimension)];
}
