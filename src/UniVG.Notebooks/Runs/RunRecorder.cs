using System.Text.Json;
using UniVG.Finetuning.Training;
using UniVG.Notebooks.Displays;

namespace UniVG.Notebooks.Runs;

/// <summary>Writes what happens in a run to its event file, one JSON object a line, which grows at its end only.</summary>
internal sealed class RunRecorder : IRunObserver, IDisposable
{
    private readonly Lock _gate = new();
    private readonly StreamWriter _file;

    /// <summary>Begins, or goes on, writing the event file of a run.</summary>
    public RunRecorder(RunFolder folder)
        => _file = new StreamWriter(new FileStream(folder.EventFile, FileMode.Append, FileAccess.Write, FileShare.Read));

    /// <summary>The run stands ready; what it did before is told too, so that the file is the whole story.</summary>
    public void Begin(FineTuningRun run, string title)
    {
        Write(new RunEvent(RunEventKind.Began) { Text = title, TotalSteps = run.TotalSteps, TotalEpochs = run.TotalEpochs });
        foreach (var step in run.History.Snapshot()) Write(new RunEvent(RunEventKind.Step) { Step = step });
        foreach (var point in run.History.Validation) OnValidation(run, point);
        foreach (var change in run.History.Changes) Write(new RunEvent(RunEventKind.Change) { Change = change });
    }

    /// <summary>Something other than steps is being done.</summary>
    public void Activity(string text) => Write(new RunEvent(RunEventKind.Activity) { Text = text });

    /// <inheritdoc/>
    public void OnStep(FineTuningRun run, StepReport report) => Write(new RunEvent(RunEventKind.Step) { Step = report, Memory = Environment.WorkingSet });

    /// <inheritdoc/>
    public void OnValidation(FineTuningRun run, ValidationPoint point) => Write(new RunEvent(RunEventKind.Validation) { Validation = point });

    /// <summary>An adapter or a state was written.</summary>
    public void Saved(int step, string path) => Write(new RunEvent(RunEventKind.Saved) { AtStep = step, Files = [path] });

    /// <summary>Something went wrong without ending the run.</summary>
    public void Warn(string sentence) => Write(new RunEvent(RunEventKind.Warning) { Text = sentence });

    /// <summary>Samples were drawn.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="files">Where they were written.</param>
    public void Samples(SampleSet samples, IReadOnlyList<string> files)
    {
        if (files.Count == 0) return;
        Write(new RunEvent(RunEventKind.Samples)
        {
            AtStep = samples.Step, Files = files, Labels = [.. samples.Images.Select(image => image.Label)], Text = samples.Prompt,
        });
    }

    /// <summary>The run has ended.</summary>
    public void End(TrainingStatus status, string? note) => Write(new RunEvent(RunEventKind.Ended) { Status = status, Text = note });

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Write(RunEvent happened)
    {
        lock (_gate)
        {
            try
            {
                _file.Write(JsonSerializer.Serialize(happened, RunJson.Compact) + '\n');
                _file.Flush();
            }
            catch (IOException)
            {
                // On a full disk the run goes on unwatched; its saves tell of the disk themselves.
            }
        }
    }
}
