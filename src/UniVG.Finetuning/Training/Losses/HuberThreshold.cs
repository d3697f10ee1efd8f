using UniVG.Diffusion;
using UniVG.Diffusion.Schedules;

namespace UniVG.Finetuning.Training.Losses;

/// <summary>
/// Huber's c by timestep (scheduled Huber loss, Khrapov et al. 2024, as in kohya): large where there is little noise, so that the loss is
/// nearly l2 there, and small at the noisy end.
/// </summary>
public static class HuberThreshold
{
    /// <summary>The default.</summary>
    public const string Snr = "snr";

    private const string Exponential = "exponential";
    private const string Constant = "constant";

    /// <summary>The names, for help and completion.</summary>
    public static IReadOnlyList<string> Schedules { get; } = [Snr, Exponential, Constant];

    /// <summary>c of a timestep.</summary>
    /// <param name="name">One of <see cref="Schedules"/>.</param>
    /// <param name="timestep">t.</param>
    /// <param name="schedule">Gives σ_t and the number of timesteps T.</param>
    /// <param name="c">The smallest c, which <c>constant</c> has everywhere.</param>
    /// <param name="scale">A factor; no effect on <c>snr</c>.</param>
    public static double At(string name, int timestep, NoiseSchedule schedule, double c, double scale) => name switch
    {
        Snr => ((1 - c) / Math.Pow(1 + schedule.Sigma(timestep), 2)) + c,
        Exponential => Math.Exp(timestep * Math.Log(c) / schedule.Count) * scale,
        Constant => c * scale,
        _ => throw new UniVGException($"There is no Huber schedule '{name}'; choose one of {string.Join(", ", Schedules)}."),
    };
}
