using static System.Math;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Sampling;

/// <summary>
/// Euler's method that goes below the next noise level and adds fresh noise to come back to it, by as much as the forward process
/// would (k-diffusion's ancestral step). The picture does not settle with more steps. At the last step σ is 0 and no noise is added.
/// </summary>
public sealed class EulerAncestralSampler : ISampler
{
    /// <inheritdoc/>
    public string Name => "euler_a";

    /// <inheritdoc/>
    public string Title => "Euler a";

    /// <inheritdoc/>
    public Tensor Sample(SamplerRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        using var scope = NewDisposeScope();
        var (timesteps, sigmas) = SigmaSequence.Even(run.Schedule, run.Steps);
        var x = run.DrawNoise() * sigmas[0];
        for (var i = 0; i < run.Steps; i++)
        {
            using var step = NewDisposeScope();
            double sigma = sigmas[i], next = sigmas[i + 1];
            var up = next * Sqrt(1 - (next * next / (sigma * sigma)));
            var down = Sqrt((next * next) - (up * up));

            var noise = run.PredictNoise(x / Sqrt((sigma * sigma) + 1), timesteps[i]);
            var denoised = x - (sigma * noise);
            x = x + ((down - sigma) * noise);
            if (next > 0) x = x + (up * run.DrawNoise());
            x = x.MoveToOuterDisposeScope();
            run.Report(i, timesteps[i], x, denoised);
        }

        return x.MoveToOuterDisposeScope();
    }
}
