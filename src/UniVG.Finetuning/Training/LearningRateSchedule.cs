using UniVG.Diffusion;

namespace UniVG.Finetuning.Training;

/// <summary>
/// The learning-rate schedules of kohya (diffusers' optimization module) as a factor of the base rate. Step s is the 0-based number
/// of the optimizer step that uses the rate; S is the planned number of steps, W the warm-up.
/// </summary>
public static class LearningRateSchedule
{
    /// <summary>The guide's.</summary>
    public const string Default = "cosine";

    /// <summary>The names, for help and completion.</summary>
    public static IReadOnlyList<string> Names { get; } = ["constant", "constant_with_warmup", "linear", Default, "cosine_with_restarts", "polynomial"];

    // diffusers' polynomial schedule ends at this rate, not at 0.
    private const double PolynomialEnd = 1e-7;

    /// <summary>The factor of one step of a run.</summary>
    /// <param name="config">Names the schedule and its values; a warm-up below 1 is a fraction of all steps, as in kohya.</param>
    /// <param name="step">s, from 0.</param>
    /// <param name="totalSteps">S.</param>
    public static double Factor(TrainingConfig config, int step, int totalSteps)
    {
        var warmup = (int)(config.WarmupSteps < 1 ? config.WarmupSteps * totalSteps : config.WarmupSteps);
        return Factor(config.Scheduler, step, totalSteps, warmup, config.SchedulerCycles, config.SchedulerPower, config.LearningRate);
    }

    /// <summary>The factor of one step.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="step">s, from 0.</param>
    /// <param name="totalSteps">S.</param>
    /// <param name="warmupSteps">W.</param>
    /// <param name="cycles">Hard restarts of <c>cosine_with_restarts</c>.</param>
    /// <param name="power">The exponent of <c>polynomial</c>.</param>
    /// <param name="baseRate">The base rate, which <c>polynomial</c> needs to end at 1e-7.</param>
    public static double Factor(
        string name, int step, int totalSteps, int warmupSteps = 0, int cycles = 1, double power = 1, double baseRate = 1e-4)
    {
        if (name == "constant") return 1;
        if (step < warmupSteps) return step / Math.Max(1.0, warmupSteps);

        var progress = (step - warmupSteps) / Math.Max(1.0, totalSteps - warmupSteps);
        return name switch
        {
            "constant_with_warmup" => 1,
            "linear" => Math.Max(0, 1 - progress),
            "cosine" => Math.Max(0, 0.5 * (1 + Math.Cos(Math.PI * progress))),
            "cosine_with_restarts" => progress >= 1 ? 0 : Math.Max(0, 0.5 * (1 + Math.Cos(Math.PI * (cycles * progress % 1)))),
            "polynomial" => (((baseRate - PolynomialEnd) * Math.Pow(Math.Max(0, 1 - progress), power)) + PolynomialEnd) / baseRate,
            _ => throw new UniVGException($"The learning-rate schedule '{name}' is not known; choose one of {string.Join(", ", Names)}."),
        };
    }
}
