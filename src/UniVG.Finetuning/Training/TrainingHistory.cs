namespace UniVG.Finetuning.Training;

/// <summary>What happened in a run: its steps, in order, and changes of its settings. One thread appends while others read.</summary>
public sealed class TrainingHistory
{
    private readonly Lock _gate = new();
    private readonly List<StepReport> _steps = [];
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

    internal void Restore(IEnumerable<StepReport> steps, IEnumerable<SettingsChange> changes)
    {
        lock (_gate)
        {
            _steps.AddRange(steps);
            _changes.AddRange(changes);
        }
    }

    internal void Add(StepReport step)
    {
        lock (_gate) _steps.Add(step);
    }

    internal void Add(SettingsChange change)
    {
        lock (_gate) _changes.Add(change);
    }
}
