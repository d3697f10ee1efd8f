using static TorchSharp.torch;

namespace UniVG.Diffusion.Sampling;

/// <summary>
/// UniPC (Zhao et al. 2023) of order 2 with B(h) = e^h − 1, on the denoised latents m: each step first corrects the latents it
/// reached with the m predicted there, then predicts the next ones. The first step, and the last one (σ = 0), are of first order.
/// </summary>
public sealed class UniPCSampler : ISampler
{
    /// <inheritdoc/>
    public string Name => "unipc";

    /// <inheritdoc/>
    public string Title => "UniPC";

    /// <inheritdoc/>
    public Tensor Sample(SamplerRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        using var scope = NewDisposeScope();
        var (timesteps, sigmas) = SigmaSequence.EvenWhole(run.Schedule, run.Steps);
        var levels = sigmas.Select(sigma => new NoiseLevel(sigma)).ToArray();
        var x = run.DrawNoise();
        var start = x;                      // the latest point, corrected
        var history = new List<Tensor>();   // m at every point so far
        for (var i = 0; i < run.Steps; i++)
        {
            using var step = NewDisposeScope();
            var noise = run.PredictNoise(x, timesteps[i]);
            var m = (x - (levels[i].Scale * noise)) / levels[i].Alpha;
            if (i > 0) start = Correct(start, history, m, levels, i).MoveToOuterDisposeScope();
            history.Add(m.MoveToOuterDisposeScope());

            x = Predict(start, history, levels, i, isLast: i == run.Steps - 1).MoveToOuterDisposeScope();
            run.Report(i, timesteps[i], x, m);
        }

        return x.MoveToOuterDisposeScope();
    }

    // From point i to point i + 1, with the m of point i and, in second order, of point i − 1.
    private static Tensor Predict(Tensor x, List<Tensor> history, NoiseLevel[] levels, int i, bool isLast)
    {
        NoiseLevel now = levels[i], next = levels[i + 1];
        var h = next.Lambda - now.Lambda;
        var phi = double.ExpM1(-h);
        var d = history[i];
        if (i > 0 && !isLast) d += (history[i - 1] - history[i]) * (0.5 * h / (levels[i - 1].Lambda - now.Lambda));
        return (next.Scale / now.Scale * x) - (next.Alpha * phi * d);
    }

    // The step from point i − 1 to point i once more, now that m at point i is known.
    private static Tensor Correct(Tensor start, List<Tensor> history, Tensor m, NoiseLevel[] levels, int i)
    {
        NoiseLevel then = levels[i - 1], now = levels[i];
        var h = now.Lambda - then.Lambda;
        var phi = double.ExpM1(-h);
        var d = history[i - 1];
        if (i == 1)
        {
            d += 0.5 * (m - d);
        }
        else
        {
            var r = (levels[i - 2].Lambda - then.Lambda) / h;
            var (older, newest) = CorrectorWeights(h, phi, r);
            d += (older / r * (history[i - 2] - history[i - 1])) + (newest * (m - history[i - 1]));
        }

        return (now.Scale / then.Scale * start) - (now.Alpha * phi * d);
    }

    // Solves ρ1 + ρ2 = b1, r·ρ1 + ρ2 = b2: the order conditions of the paper's theorem 3.1 for two differences.
    private static (double Older, double Newest) CorrectorWeights(double h, double phi, double r)
    {
        var phi2 = (phi / -h) - 1;
        var phi3 = (phi2 / -h) - 0.5;
        double b1 = phi2 / phi, b2 = 2 * phi3 / phi;
        var older = (b2 - b1) / (r - 1);
        return (older, b1 - older);
    }
}
