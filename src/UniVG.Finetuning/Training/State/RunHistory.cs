namespace UniVG.Finetuning.Training.State;

/// <summary>A run's history as a state holds it.</summary>
/// <param name="Steps">All steps.</param>
internal sealed record RunHistory(IReadOnlyList<StepReport> Steps)
{
    /// <summary>The history of a run so far.</summary>
    public static RunHistory Of(FineTuningRun run) => new(run.History.Snapshot());
}
