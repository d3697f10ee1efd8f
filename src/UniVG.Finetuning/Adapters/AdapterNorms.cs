using TorchSharp;
using UniVG.Diffusion;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters;

/// <summary>The size of the changes that adapters make.</summary>
public static class AdapterNorms
{
    /// <summary>‖ΔW‖, the Frobenius norm with scale and without multiplier, of each adapter; of a DoRA that of its low-rank part.</summary>
    public static IReadOnlyList<(Adapter Adapter, double Norm)> Of(AdapterNetwork network)
    {
        using var noGrad = no_grad();
        return [.. network.Adapters.Select(adapter => (adapter, Norm(adapter)))];
    }

    /// <summary>
    /// Scales every adapter whose ‖ΔW‖ exceeds a bound down to it (kohya's scale_weight_norms). Each of its n factors takes the n-th
    /// root of the ratio, in LoRA the square root as in kohya.
    /// </summary>
    /// <param name="network">The adapters.</param>
    /// <param name="maxNorm">The bound; 1 is usual.</param>
    /// <returns>How many were scaled.</returns>
    /// <exception cref="UniVGException">The bound is not above 0.</exception>
    public static int Limit(AdapterNetwork network, double maxNorm)
    {
        if (!(maxNorm > 0)) throw new UniVGException($"The largest norm of an adapter's weights is {maxNorm}; it must be above 0 (1 is usual).");
        using var noGrad = no_grad();
        var scaled = 0;
        foreach (var (adapter, norm) in Of(network).Where(a => a.Norm > maxNorm))
        {
            var ratio = Math.Pow(maxNorm / norm, 1.0 / adapter.LowRank.Parameters.Count);
            foreach (var (_, parameter) in adapter.LowRank.Parameters) parameter.mul_(ratio);
            scaled++;
        }

        return scaled;
    }

    private static double Norm(Adapter adapter)
    {
        using var scope = NewDisposeScope();
        return adapter.LowRank.DeltaWeight().norm().ToDouble();
    }
}
