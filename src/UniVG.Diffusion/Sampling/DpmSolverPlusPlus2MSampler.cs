using static TorchSharp.torch;

namespace UniVG.Diffusion.Sampling;

/// <summary>
/// DPM-Solver++ (2M), algorithm 2 of Lu et al. 2022b: a second-order multistep solver for the denoised latents m. The first step
/// has no previous m; the last one ends at σ = 0, where λ is infinite and x becomes m: both are of first order.
/// </summary>
/// <param name="karras">Whether the noise levels are spaced as in Karras et al. 2022 instead of evenly in time.</param>
public sealed class DpmSolverPlusPlus2MSampler(bool karras = false) : ISampler
{
    /// <inheritdoc/>
    public string Name => karras ? "dpmpp_2m_karras" : "dpmpp_2m";

    /// <inheritdoc/>
    public string Title => karras ? "DPM++ 2M Karras" : "DPM++ 2M";

    /// <inheritdoc/>
    public Tensor Sample(SamplerRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        using var scope = NewDisposeScope();
        var (timesteps, sigmas) = karras
            ? SigmaSequence.Karras(run.Schedule, run.Steps, wholeTimesteps: true)
            : SigmaSequence.EvenWhole(run.Schedule, run.Steps);
        var x = run.DrawNoise();
        Tensor? previous = null;
        for (var i = 0; i < run.Steps; i++)
        {
            using var step = NewDisposeScope();
            NoiseLevel now = new(sigmas[i]), next = new(sigmas[i + 1]);
            var h = next.Lambda - now.Lambda;

            var noise = run.PredictNoise(x, timesteps[i]);
            var m = (x - (now.Scale * noise)) / now.Alpha;
            var d = m;
            if (previous is not null && i < run.Steps - 1)
            {
                var r = (now.Lambda - new NoiseLevel(sigmas[i - 1]).Lambda) / h;
                d = m + ((m - previous) / (2 * r));
            }

            x = ((next.Scale / now.Scale * x) - (next.Alpha * double.ExpM1(-h) * d)).MoveToOuterDisposeScope();
            previous = m.MoveToOuterDisposeScope();
            run.Report(i, timesteps[i], x, m);
        }

        return x.MoveToOuterDisposeScope();
    }
}
