using UniVG.Finetuning.Training.State;

namespace UniVG.Finetuning.Training;

/// <summary>What happened in a run, in order: its steps, measurements of its validation loss, changes of its settings. One thread appends while others read.</summary>
public sealed class TrainingHistory
{
    private readonly Lock _gate = new();
    private readonly List<StepReport> _steps = [];
    private readonly List<ValidationPoint> _validation = [];
    private readonly List<SettingsChange> _changes = [];

    /// <summary>The number of steps recorded.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _steps.Count;
        }
    }

    /// <summary>The newest step, or null before the first.</summary>
    public StepReport? Last
    {
        get
        {
            lock (_gate) return _steps.Count == 0 ? null : _steps[^1];
        }
    }

    /// <summary>The newest measurement of the validation loss, or null before the first.</summary>
    public ValidationPoint? LastValidation
    {
        get
        {
            lock (_gate) return _validation.Count == 0 ? null : _validation[^1];
        }
    }

    /// <summary>A copy of all measurements of the validation loss so far.</summary>
    public IReadOnlyList<ValidationPoint> Validation
    {
        get
        {
            lock (_gate) return [.. _validation];
        }
    }

    /// <summary>A copy of all changes of settings so far.</summary>
    public IReadOnlyList<SettingsChange> Changes
    {
        get
        {
            lock (_gate) return [.. _changes];
        }
    }

    /// <summary>A copy of all steps so far.</summary>
    public IReadOnlyList<StepReport> Snapshot()
    {
        lock (_gate) return [.. _steps];
    }

    /// <summary>The mean loss of the last <paramref name="window"/> steps; NaN before the first.</summary>
    public double MeanLoss(int window)
    {
        lock (_gate) return _steps.Count == 0 ? double.NaN : _steps.TakeLast(window).Average(s => s.Loss);
    }

    /// <summary>The mean loss of the first <paramref name="window"/> steps; NaN before the first.</summary>
    public double InitialLoss(int window)
    {
        lock (_gate) return _steps.Count == 0 ? double.NaN : _steps.Take(window).Average(s => s.Loss);
    }

    internal void Restore(RunHistory history)
    {
        lock (_gate)
        {
            _steps.AddRange(history.Steps);
            _validation.AddRange(history.Validation);
            _changes.AddRange(history.Changes);
        }
    }

    internal void Add(StepReport step)
    {
        lock (_gate) _steps.Add(step);
    }

    internal void Add(ValidationPoint point)
    {
        lock (_gate) _validation.Add(point);
    }

    internal void Add(SettingsChange change)
    {
        lock (_gate) _changes.Add(change);
    }
}
