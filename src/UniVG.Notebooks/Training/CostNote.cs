using UniVG.Diffusion.Runtime;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.Cost;
using UniVG.Notebooks.Displays;

namespace UniVG.Notebooks.Training;

/// <summary>What a run will take, in words, before its first step.</summary>
internal static class CostNote
{
    // Less is waited for in a cell without asking.
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(10);

    /// <summary>The estimate where a run takes longer than a moment, and a warning where it does not fit the memory.</summary>
    public static IEnumerable<string> Of(FineTuningRun run, StepCost cost)
    {
        var total = TimeSpan.FromSeconds(cost.Seconds * (run.TotalSteps - run.Step));
        if (total > Short)
        {
            yield return $"Estimate: about {DisplayFormat.Duration(total)} for {run.TotalSteps - run.Step} steps ({DisplayFormat.Speed(1 / cost.Seconds)}), " +
                $"and {DisplayFormat.Bytes(cost.Bytes)} of memory beside what the model takes{(cost.FreeBytes is { } free ? $", of {DisplayFormat.Bytes(free)} that are free" : "")}.";
        }

        if (cost.IsTooLarge)
            yield return $"A step will probably not fit into the memory ({DisplayFormat.Bytes(cost.Bytes)}, and {DisplayFormat.Bytes(cost.FreeBytes!.Value)} are free): {DeviceFailure.TrainingAdvice}.";
    }
}
