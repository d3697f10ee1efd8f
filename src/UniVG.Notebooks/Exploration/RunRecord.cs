using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.State;

namespace UniVG.Notebooks.Exploration;

/// <summary>A run of this session, or one that a folder holds, to be looked at and compared.</summary>
/// <param name="Name">What commands call it.</param>
/// <param name="Files">Its files.</param>
/// <param name="Definition">What it does.</param>
/// <param name="Steps">Its steps so far.</param>
/// <param name="Validation">Its measurements of the validation loss.</param>
public sealed record RunRecord(
    string Name, RunFiles Files, RunDefinition Definition, IReadOnlyList<StepReport> Steps, IReadOnlyList<ValidationPoint> Validation)
{
    private const int LossWindow = 50;

    /// <summary>The run, where it is one of this session; null for one of a folder.</summary>
    public FineTuningRun? Run { get; init; }

    /// <summary>Whether a later run of this session has taken its place and its files' names, so that only the history is left.</summary>
    public bool IsReplaced { get; init; }

    /// <summary>Steps taken.</summary>
    public int Step => Steps.Count == 0 ? 0 : Steps[^1].Step;

    /// <summary>The mean loss of its last 50 steps; NaN before the first.</summary>
    public double MeanLoss => Steps.Count == 0 ? double.NaN : Steps.TakeLast(LossWindow).Average(step => step.Loss);

    /// <summary>The newest validation loss; null where none was measured.</summary>
    public double? ValidationLoss => Validation.Count == 0 ? null : Validation[^1].Loss;

    /// <summary>The adapters that it saved, by step.</summary>
    public IReadOnlyList<SavedCheckpoint> Checkpoints => IsReplaced ? [] : SavedRun.Checkpoints(Files);
}
