using UniVG.Finetuning.Training;

namespace UniVG.Notebooks.Tests.Displays;

/// <summary>Made-up histories: a falling loss with a spike, falling learning rates.</summary>
internal static class Histories
{
    public static IReadOnlyList<StepReport> Of(int steps, int planned = 0, double textRate = 0)
        => [.. Enumerable.Range(1, steps).Select(step => new StepReport(
            step,
            planned > 0 ? planned : steps,
            1 + (step - 1) / 100,
            step == steps / 2 + 1 ? 2.5 : 0.1 + 0.3 / (1 + step / 50.0) + 0.02 * (step * 7 % 5),
            1e-4 * (1 - 0.9 * step / steps),
            textRate,
            0.2))];
}
