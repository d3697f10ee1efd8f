using System.Text;
using System.Text.Json;
using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Training;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Displays.Charts;
using UniVG.Notebooks.Displays.Images;

namespace UniVG.Notebooks.Runs;

/// <summary>What a run's event file tells, read as far as it goes, and on as it grows.</summary>
/// <param name="folder">The run's folder.</param>
internal sealed class RunReplay(RunFolder folder)
{
    private readonly string _chartId = LossChartOptions.NewId();
    private readonly Lock _gate = new();
    private readonly List<StepReport> _steps = [];
    private readonly List<ValidationPoint> _validation = [];
    private readonly List<ChartMarker> _markers = [];
    private readonly List<SampleSet> _samples = [];
    private readonly List<string> _warnings = [];
    private RunEvent _began = new(RunEventKind.Began);
    private RunEvent _last = new(RunEventKind.Activity);
    private RunEvent? _end;
    private string? _activity = "starting";
    private long _memory;
    private long _position;

    /// <summary>Whether the run has ended.</summary>
    public bool HasEnded => _end is not null;

    /// <summary>How it ended; running where it has not.</summary>
    public TrainingStatus Status => _end?.Status ?? TrainingStatus.Running;

    /// <summary>What the run said when it ended; null before.</summary>
    public string? Note => _end?.Text;

    /// <summary>Steps taken.</summary>
    public int Step => _steps.Count == 0 ? 0 : _steps[^1].Step;

    /// <summary>A run as it stands.</summary>
    public static RunReplay Of(RunFolder folder)
    {
        var replay = new RunReplay(folder);
        replay.ReadOn();
        return replay;
    }

    /// <summary>Reads what was added since the last time.</summary>
    /// <returns>Whether there was something.</returns>
    public bool ReadOn()
    {
        if (!File.Exists(folder.EventFile)) return false;
        using var file = new FileStream(folder.EventFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (file.Length <= _position) return false;
        file.Position = _position;
        var added = new byte[file.Length - _position];
        file.ReadExactly(added);

        // The last line may be half written, and more may be there by now: both are for the next time.
        var whole = Array.LastIndexOf(added, (byte)'\n') + 1;
        _position += whole;
        lock (_gate)
        {
            foreach (var line in Encoding.UTF8.GetString(added, 0, whole).Split('\n', StringSplitOptions.RemoveEmptyEntries)) Take(line);
        }

        return whole > 0;
    }

    /// <summary>The process is gone and did not say how it ended.</summary>
    public void Abandon(string note)
    {
        lock (_gate) _end ??= new RunEvent(RunEventKind.Ended) { Time = _last.Time, Status = TrainingStatus.Failed, Text = note };
    }

    /// <summary>The state at this moment.</summary>
    /// <param name="note">A sentence below the figures besides the run's own.</param>
    public TrainingPanelState State(string? note = null)
    {
        lock (_gate)
        {
            string?[] notes = [.. _warnings, _end?.Text, note];
            return new TrainingPanelState(_began.Text ?? folder.Name, _began.TotalSteps ?? 0, [.. _steps])
            {
                ChartId = _chartId,
                Status = Status,
                Activity = _activity,
                Note = notes.Any(text => text is { Length: > 0 }) ? string.Join(' ', notes.Where(text => text is { Length: > 0 })) : null,
                TotalEpochs = _began.TotalEpochs ?? 0,
                Elapsed = _last.Time - _began.Time,
                MemoryBytes = _memory,
                Markers = [.. _markers],
                Validation = [.. _validation],
                Samples = [.. _samples],
            };
        }
    }

    private void Take(string line)
    {
        RunEvent? happened;
        try
        {
            happened = JsonSerializer.Deserialize<RunEvent>(line, RunJson.Compact);
        }
        catch (JsonException)
        {
            return; // half a line, of a process that was killed and taken up again
        }

        if (happened is null) return;
        _last = happened;
        _activity = happened.Kind == RunEventKind.Activity ? happened.Text : null;
        switch (happened.Kind)
        {
            case RunEventKind.Began:
                _began = happened;
                break;
            case RunEventKind.Step:
                _steps.Add(happened.Step!);
                _memory = happened.Memory ?? _memory;
                break;
            case RunEventKind.Validation:
                _validation.Add(happened.Validation!);
                break;
            case RunEventKind.Change:
                _markers.Add(ChartMarker.Of(happened.Change!));
                break;
            case RunEventKind.Saved:
                _markers.Add(new ChartMarker(happened.AtStep!.Value, ChartMarkerKind.Save, happened.Files![0]));
                break;
            case RunEventKind.Samples:
                TakeSamples(happened);
                break;
            case RunEventKind.Warning:
                _warnings.Add(happened.Text!);
                break;
            case RunEventKind.Ended:
                _end = happened;
                break;
        }
    }

    private void TakeSamples(RunEvent happened)
    {
        var here = Directory.GetCurrentDirectory();
        try
        {
            _samples.Add(new SampleSet(
                happened.AtStep!.Value,
                [.. happened.Files!.Zip(happened.Labels!, (file, label) =>
                    new GridImage(ImageFile.Load(file), label, $"{happened.Text}, {label}") { File = FileAddress.Of(file, here) })])
            {
                Prompt = happened.Text,
            });
            _markers.Add(new ChartMarker(happened.AtStep!.Value, ChartMarkerKind.Sample));
        }
        catch (UniVGException e)
        {
            _warnings.Add(e.Message);
        }
    }
}
