using System.Globalization;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Schedules;

namespace UniVG.Diffusion;

/// <summary>
/// Chooses the noise schedule of a model. UniVG checkpoints may have been trained with another than Stable Diffusion's, and a wrong
/// one makes every timestep mean another amount of noise.
/// </summary>
internal static class ScheduleChoice
{
    /// <summary>The schedule that <paramref name="choice"/> names, see <see cref="ModelOptions.Schedule"/>.</summary>
    /// <exception cref="UniVGException">The choice is none of the allowed ones.</exception>
    public static NoiseSchedule Choose(string choice, Checkpoint checkpoint) => choice switch
    {
        "sd" => NoiseSchedule.StableDiffusion,
        "univg" => NoiseSchedule.UniVG,
        "auto" => FromCheckpoint(checkpoint),
        _ => FromEndPoints(choice),
    };

    /// <summary>What to tell the user about a schedule.</summary>
    public static IReadOnlyList<string> Warnings(NoiseSchedule schedule) => schedule.IsStableDiffusion
        ? []
        : [$"The noise schedule is {schedule}, not Stable Diffusion's; A1111, ComfyUI and diffusers assume Stable Diffusion's and will draw with the wrong noise levels."];

    // Half-precision buffers keep three digits, so that a preset that explains them is taken instead.
    private static NoiseSchedule FromCheckpoint(Checkpoint checkpoint)
    {
        if (checkpoint.Schedule is { } buffers)
        {
            var stored = buffers.Betas is { } betas
                ? NoiseSchedule.FromBetas([.. betas.Select(b => (float)b)])
                : NoiseSchedule.FromAlphasCumprod([.. buffers.AlphasCumprod!.Select(a => (float)a)]);
            return stored.IsStableDiffusion ? NoiseSchedule.StableDiffusion : stored;
        }

        return checkpoint.SchedulerConfigJson is { } json ? NoiseSchedule.FromJson(json) : NoiseSchedule.StableDiffusion;
    }

    private static NoiseSchedule FromEndPoints(string choice)
    {
        var parts = choice.Split(',');
        if (parts.Length == 2 && TryParse(parts[0], out var first) && TryParse(parts[1], out var last) && first < last)
            return NoiseSchedule.ScaledLinear(first, last);
        throw new UniVGException($"--schedule is '{choice}'; it must be auto, sd, univg, or the first and last beta such as 0.00085,0.012.");
    }

    private static bool TryParse(string text, out double beta) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out beta) && beta is > 0 and < 1;
}
