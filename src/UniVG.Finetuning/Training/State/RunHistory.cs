namespace UniVG.Finetuning.Training.State;

/// <summary>A run's history as a state holds it.</summary>
/// <param name="Steps">All steps.</param>
/// <param name="Validation">All measurements of the validation loss.</param>
/// <param name="Changes">All changes of settings.</param>
internal sealed record RunHistory(IReadOnlyList<StepReport> Steps, IReadOnlyList<ValidationPoint> Validation, IReadOnlyList<SettingsChange> Changes)
{
    /// <summary>The history of a run so far.</summary>
    public static RunHistory Of(FineTuningRun run) => new(run.History.Snapshot(), run.History.Validation, run.History.Changes);
}
