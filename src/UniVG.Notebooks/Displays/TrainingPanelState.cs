using UniVG.Finetuning.Training;
using UniVG.Notebooks.Displays.Charts;

namespace UniVG.Notebooks.Displays;

/// <summary>Everything a training panel shows at one moment. Its lists must not change afterwards: it is drawn on another thread.</summary>
/// <param name="Title">What is trained, such as <c>LoRA dim 16, alpha 8</c>.</param>
/// <param name="TotalSteps">The steps planned.</param>
/// <param name="History">The steps done, in order.</param>
public sealed record TrainingPanelState(string Title, int TotalSteps, IReadOnlyList<StepReport> History)
{
    /// <summary>How many of the last steps the shown speed averages over.</summary>
    private const int SpeedWindow = 20;

    /// <summary>Names the panel's chart on the page; all states of one panel share it.</summary>
    public required string ChartId { get; init; }

    /// <summary>How the run stands.</summary>
    public TrainingStatus Status { get; init; } = TrainingStatus.Running;

    /// <summary>What is being done other than steps, such as <c>encoding images 12/40</c>; null while stepping.</summary>
    public string? Activity { get; init; }

    /// <summary>A sentence below the figures, such as where the adapter was saved or how to go on; null for none.</summary>
    public string? Note { get; init; }

    /// <summary>The epochs planned; 0 when unknown.</summary>
    public int TotalEpochs { get; init; }

    /// <summary>Time since the run started, pauses left out.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Memory in use, in bytes; 0 when unknown.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Which memory it is: <c>memory</c> (resident set) or <c>GPU memory</c>.</summary>
    public string MemoryName { get; init; } = "memory";

    /// <summary>Where samples were drawn, adapters saved and settings changed.</summary>
    public IReadOnlyList<ChartMarker> Markers { get; init; } = [];

    /// <summary>The loss on held-out images, where it was measured.</summary>
    public IReadOnlyList<ValidationPoint> Validation { get; init; } = [];

    /// <summary>The samples drawn so far, oldest first.</summary>
    public IReadOnlyList<SampleSet> Samples { get; init; } = [];

    /// <summary>Stands in for the first samples while the run goes on, so that nothing moves when they come; null where none will.</summary>
    public SampleSet? Awaited { get; init; }

    /// <summary>Whether the HTML carries the script of the interactive chart.</summary>
    public bool Interactive { get; init; } = true;

    /// <summary>The last step done; null before the first.</summary>
    public StepReport? Last => History.Count > 0 ? History[^1] : null;

    /// <summary>The number of the last step done.</summary>
    public int Step => Last?.Step ?? 0;

    /// <summary>Steps a second over the last steps; NaN before the first.</summary>
    public double StepsPerSecond
    {
        get
        {
            var count = Math.Min(SpeedWindow, History.Count);
            var seconds = 0.0;
            for (var i = History.Count - count; i < History.Count; i++)
                seconds += History[i].Seconds;
            return count / seconds;
        }
    }

    /// <summary>The time the remaining steps will take at the present speed; null before the first step.</summary>
    public TimeSpan? Remaining
    {
        get
        {
            var seconds = Math.Max(0, TotalSteps - Step) / StepsPerSecond;
            return double.IsFinite(seconds) ? TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.FromDays(999).TotalSeconds)) : null;
        }
    }

    internal LossChartOptions ChartOptions => new()
    {
        Id = ChartId,
        Markers = Markers,
        Validation = Validation,
        Interactive = Interactive,
    };
}
