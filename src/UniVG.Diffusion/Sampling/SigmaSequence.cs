using UniVG.Diffusion.Schedules;

namespace UniVG.Diffusion.Sampling;

/// <summary>
/// The noise levels σ that a sampler visits, and the timestep at which the model is asked at each; σ falls to 0, which has no
/// timestep any more.
/// </summary>
/// <param name="Timesteps">One for each step.</param>
/// <param name="Sigmas">One more than steps; the last is 0.</param>
public sealed record SigmaSequence(IReadOnlyList<double> Timesteps, IReadOnlyList<double> Sigmas)
{
    private const double Rho = 7;

    /// <summary>Timesteps evenly spaced from the last to 0, fractional, as k-diffusion's and diffusers' Euler samplers take them.</summary>
    public static SigmaSequence Even(NoiseSchedule schedule, int steps)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        double last = schedule.Count - 1;
        double[] timesteps = [.. Enumerable.Range(0, steps).Select(i => steps == 1 ? last : last * (steps - 1 - i) / (steps - 1))];
        return new SigmaSequence(timesteps, [.. timesteps.Select(t => SigmaAt(schedule, t)), 0]);
    }

    /// <summary>
    /// Whole timesteps evenly spaced from the last towards 0, which itself is left out, as diffusers' multistep solvers take them.
    /// </summary>
    public static SigmaSequence EvenWhole(NoiseSchedule schedule, int steps)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        double last = schedule.Count - 1;
        double[] timesteps = [.. Enumerable.Range(0, steps).Select(i => Math.Round(last * (steps - i) / steps))];
        return new SigmaSequence(timesteps, [.. timesteps.Select(t => schedule.Sigma((int)t)), 0]);
    }

    /// <summary>Noise levels evenly spaced in σ^(1/7), equation 5 of Karras et al. 2022, between the ends of the schedule.</summary>
    /// <param name="schedule">Gives the ends, and the timestep of each level.</param>
    /// <param name="steps">The number of levels before the final 0.</param>
    /// <param name="wholeTimesteps">Whether timesteps are rounded.</param>
    public static SigmaSequence Karras(NoiseSchedule schedule, int steps, bool wholeTimesteps)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        var (max, min) = (Math.Pow(schedule.Sigma(schedule.Count - 1), 1 / Rho), Math.Pow(schedule.Sigma(0), 1 / Rho));
        double[] sigmas = [.. Enumerable.Range(0, steps).Select(i => Math.Pow(max + (steps == 1 ? 0 : (min - max) * i / (steps - 1)), Rho))];
        var timesteps = sigmas.Select(sigma => TimestepOf(schedule, sigma)).Select(t => wholeTimesteps ? Math.Round(t) : t);
        return new SigmaSequence([.. timesteps], [.. sigmas, 0]);
    }

    // σ is interpolated linearly between whole timesteps …
    private static double SigmaAt(NoiseSchedule schedule, double timestep)
    {
        var below = Math.Min((int)timestep, schedule.Count - 2);
        var (low, high) = (schedule.Sigma(below), schedule.Sigma(below + 1));
        return low + ((timestep - below) * (high - low));
    }

    // … but its inverse in log σ: both are diffusers' conventions.
    private static double TimestepOf(NoiseSchedule schedule, double sigma)
    {
        var below = 0;
        while (below < schedule.Count - 2 && schedule.Sigma(below + 1) <= sigma) below++;
        var (low, high) = (Math.Log(schedule.Sigma(below)), Math.Log(schedule.Sigma(below + 1)));
        return below + Math.Clamp((Math.Log(sigma) - low) / (high - low), 0, 1);
    }
}
