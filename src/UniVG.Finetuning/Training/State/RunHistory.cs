namespace UniVG.Finetuning.Training.State;

/// <summary>A run's history as a state holds it.</summary>
/// <param name="Steps">All steps.</param>
/// <param name="Changes">All changes of settings.</param>
internal sealed record RunHistory(IReadOnlyList<StepReport> Steps, IReadOnlyList<SettingsChange> Changes)
{
    /// <summary>The history of a run so far.</summary>
    public static RunHistory Of(FineTuningRun run) => new(run.History.Snapshot(), run.History.Changes);
}
