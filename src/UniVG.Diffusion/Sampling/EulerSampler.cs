using static System.Math;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Sampling;

/// <summary>
/// Euler's method on the probability-flow equation dx/dσ = ε, algorithm 2 of Karras et al. 2022 without churn and without the
/// second-order correction. At the last step σ is 0 and x becomes the denoised latents.
/// </summary>
/// <param name="karras">Whether the noise levels are spaced as in Karras et al. 2022 instead of evenly in time.</param>
public sealed class EulerSampler(bool karras = false) : ISampler
{
    /// <inheritdoc/>
    public string Name => karras ? "euler_karras" : "euler";

    /// <inheritdoc/>
    public string Title => karras ? "Euler Karras" : "Euler";

    /// <inheritdoc/>
    public Tensor Sample(SamplerRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        using var scope = NewDisposeScope();
        var (timesteps, sigmas) = karras
            ? SigmaSequence.Karras(run.Schedule, run.Steps, wholeTimesteps: false)
            : SigmaSequence.Even(run.Schedule, run.Steps);
        var x = run.DrawNoise() * sigmas[0];
        for (var i = 0; i < run.Steps; i++)
        {
            using var step = NewDisposeScope();
            double sigma = sigmas[i], next = sigmas[i + 1];

            var noise = run.PredictNoise(x / Sqrt((sigma * sigma) + 1), timesteps[i]);
            var denoised = x - (sigma * noise);
            x = (x + ((next - sigma) * noise)).MoveToOuterDisposeScope();
            run.Report(i, timesteps[i], x, denoised);
        }

        return x.MoveToOuterDisposeScope();
    }
}
