using static System.Math;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Sampling;

/// <summary>
/// DDIM (Song et al. 2021), equation 12 with η = 0: predict the clean latents, then add the predicted noise back at the next
/// lower level. Timesteps are spaced by a whole number and shifted by one, as in Stable Diffusion; the last step ends at the
/// noise level of timestep 0.
/// </summary>
public sealed class DdimSampler : ISampler
{
    /// <inheritdoc/>
    public string Name => "ddim";

    /// <inheritdoc/>
    public string Title => "DDIM";

    /// <inheritdoc/>
    public Tensor Sample(SamplerRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        using var scope = NewDisposeScope();
        var alphas = run.Schedule.AlphasCumprod;
        var stride = run.Schedule.Count / run.Steps;
        var x = run.DrawNoise();
        for (var i = 0; i < run.Steps; i++)
        {
            using var step = NewDisposeScope();
            var t = ((run.Steps - 1 - i) * stride) + 1;
            double alpha = alphas[t], next = alphas[Max(t - stride, 0)];

            var noise = run.PredictNoise(x, t);
            var denoised = (x - (Sqrt(1 - alpha) * noise)) / Sqrt(alpha);
            x = ((Sqrt(next) * denoised) + (Sqrt(1 - next) * noise)).MoveToOuterDisposeScope();
            run.Report(i, t, x, denoised);
        }

        return x.MoveToOuterDisposeScope();
    }
}
