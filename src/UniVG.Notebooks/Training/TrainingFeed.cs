using System.Diagnostics;
using UniVG.Finetuning.Training;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Displays.Charts;

namespace UniVG.Notebooks.Training;

/// <summary>
/// What a training panel shows, collected from the training thread and read by the display's timer: training leaves values here and
/// never waits for a display.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="title">What is trained.</param>
internal sealed class TrainingFeed(FineTuningRun run, string title)
{
    private readonly string _chartId = LossChartOptions.NewId();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Lock _gate = new();
    private readonly List<ChartMarker> _markers = [];
    private readonly List<SampleSet> _samples = [];
    private readonly List<string> _warnings = [];
    private volatile string? _activity;

    /// <summary>What is being done other than steps; null while stepping.</summary>
    public string? Activity
    {
        get => _activity;
        set => _activity = value;
    }

    /// <summary>Stands in for the first samples until they are drawn; null where none will be.</summary>
    public SampleSet? Awaited { get; init; }

    /// <summary>Notes samples that were drawn.</summary>
    public void Add(SampleSet samples)
    {
        lock (_gate)
        {
            _samples.Add(samples);
            _markers.Add(new ChartMarker(samples.Step, ChartMarkerKind.Sample));
        }
    }

    /// <summary>Notes that the adapter was written.</summary>
    public void AddSave(int step, string path)
    {
        lock (_gate) _markers.Add(new ChartMarker(step, ChartMarkerKind.Save, path));
    }

    /// <summary>Adds a sentence that is shown below the figures from now on.</summary>
    public void Warn(string sentence)
    {
        lock (_gate)
        {
            if (!_warnings.Contains(sentence)) _warnings.Add(sentence);
        }
    }

    /// <summary>The state at this moment.</summary>
    public TrainingPanelState State(TrainingStatus status, string? note = null)
    {
        var memory = MemoryReading.Of(run);
        lock (_gate)
        {
            return new TrainingPanelState(title, run.TotalSteps, run.History.Snapshot())
            {
                ChartId = _chartId,
                Status = status,
                Activity = _activity,
                Note = _warnings.Count == 0 ? note : string.Join(' ', [.. _warnings, note]),
                TotalEpochs = run.TotalEpochs,
                Elapsed = _clock.Elapsed,
                MemoryBytes = memory.Bytes,
                MemoryName = memory.Name,
                Markers = [.. _markers, .. run.History.Changes.Select(ChartMarker.Of)],
                Validation = run.History.Validation,
                Samples = [.. _samples],
                Awaited = Awaited,
            };
        }
    }
}
