using UniVG.Finetuning.Training;
using UniVG.Notebooks.Displays;

namespace UniVG.Notebooks.Runs;

/// <summary>One line of a run's event file; which of the values are there depends on the kind.</summary>
/// <param name="Kind">What happened.</param>
public sealed record RunEvent(RunEventKind Kind)
{
    /// <summary>When (UTC).</summary>
    public DateTimeOffset Time { get; init; } = DateTimeOffset.UtcNow;

    /// <summary>What is trained, what is done, what went wrong, how to go on.</summary>
    public string? Text { get; init; }

    /// <summary>Steps planned.</summary>
    public int? TotalSteps { get; init; }

    /// <summary>Epochs planned.</summary>
    public int? TotalEpochs { get; init; }

    /// <summary>The step that was taken.</summary>
    public StepReport? Step { get; init; }

    /// <summary>The process' memory in bytes.</summary>
    public long? Memory { get; init; }

    /// <summary>The measurement.</summary>
    public ValidationPoint? Validation { get; init; }

    /// <summary>The change of settings.</summary>
    public SettingsChange? Change { get; init; }

    /// <summary>The step after which files were written.</summary>
    public int? AtStep { get; init; }

    /// <summary>The files that were written.</summary>
    public IReadOnlyList<string>? Files { get; init; }

    /// <summary>A line below each picture.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>How the run ended.</summary>
    public TrainingStatus? Status { get; init; }
}
