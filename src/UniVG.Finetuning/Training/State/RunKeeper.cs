using UniVG.Diffusion;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Configuration;
using UniVG.Finetuning.Training.Logs;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Training.State;

/// <summary>
/// Keeps a run's files: adapters and states as they fall due, TensorBoard's log, and, next to the output, the history as a table and the
/// configuration. Whoever drives the run, the files come by themselves.
/// </summary>
public sealed class RunKeeper : IDisposable
{
    private readonly FineTuningRun _run;
    private readonly LoadedModel _model;
    private readonly TensorBoardLog? _log;
    private readonly Func<IReadOnlyList<BesideAdapter>>? _beside;
    private (string Configuration, int Steps, int Validations) _written;

    private RunKeeper(FineTuningRun run, LoadedModel model, RunDefinition definition, Func<IReadOnlyList<BesideAdapter>>? beside)
    {
        (_run, _model, Definition, _beside) = (run, model, definition, beside);
        Files = definition.Files ?? throw new ArgumentException("The run has no files to write.", nameof(definition));

        // In the background: hashing a checkpoint of some gigabytes takes a while, and the first state comes later.
        var origin = Task.Run(() => RunOrigin.Of(Absolute(definition), model, run.Dataset));
        Saver = new RunSaver(Files, definition.Saves, () => origin.GetAwaiter().GetResult() with { Definition = Absolute(PresentDefinition) }, SaveAdapter);
        Saver.EnsureSpace(run);
        if (definition.Logs.Folder is not null) _log = new TensorBoardLog(run, definition.Logs);
    }

    /// <summary>Told of each adapter file and state folder that was written, on the training thread.</summary>
    public event Action<int, string>? Saved;

    /// <summary>Told of each file that could not be written: one sentence, on the training thread.</summary>
    public event Action<string>? Failed;

    /// <summary>What the run did when it was begun or resumed.</summary>
    public RunDefinition Definition { get; }

    /// <summary>What it does now: training settings may change between steps, and so may the adapters beside its own.</summary>
    public RunDefinition PresentDefinition => Definition with { Training = _run.Config, Beside = _beside?.Invoke() ?? Definition.Beside };

    /// <summary>The type of the tensors in adapter files.</summary>
    public ScalarType Precision => AdapterPrecisions.ByName[Definition.SavePrecision];

    /// <summary>The files.</summary>
    public RunFiles Files { get; }

    /// <summary>What saves the run.</summary>
    public RunSaver Saver { get; }

    /// <summary>The folder of TensorBoard's files; null without that log.</summary>
    public string? LogFolder => _log?.Folder;

    /// <summary>Begins to keep a run that is new or was resumed.</summary>
    /// <param name="run">The run.</param>
    /// <param name="model">Its model.</param>
    /// <param name="definition">What it does, files included.</param>
    /// <param name="beside">Gives the adapters that act beside the run's own at the time; null for those of the definition.</param>
    /// <exception cref="UniVGException">The disk has no room, or a log cannot be written.</exception>
    public static RunKeeper Attach(
        FineTuningRun run, LoadedModel model, RunDefinition definition, Func<IReadOnlyList<BesideAdapter>>? beside = null)
    {
        definition.Saves.Validate();
        var keeper = new RunKeeper(run, model, definition, beside);
        keeper.Saver.Saved += keeper.OnSaved;
        keeper.Saver.Failed += sentence => keeper.Failed?.Invoke(sentence);
        run.Observers.Add(keeper.Saver);
        if (keeper._log is not { } log) return keeper;
        log.Failed += sentence => keeper.Failed?.Invoke(sentence);
        run.Observers.Add(log);
        return keeper;
    }

    /// <summary>Writes configuration and history next to the output where there is something new; done with each state, and to be called when the run has stopped.</summary>
    public void WriteRecords()
    {
        try
        {
            var records = (TrainerToml.Write(Absolute(PresentDefinition)), _run.History.Count, _run.History.Validation.Count);
            if (records == _written && File.Exists(Files.Configuration) && File.Exists(Files.HistoryTable)) return;
            AtomicFile.WriteText(Files.Configuration, records.Item1);
            HistoryTable.Write(Files.HistoryTable, _run);
            _written = records;
        }
        catch (UniVGException e)
        {
            Failed?.Invoke(e.Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _log?.Dispose();

    private void OnSaved(int step, string path)
    {
        if (path.EndsWith(RunFiles.StateEnding, StringComparison.Ordinal)) WriteRecords();
        Saved?.Invoke(step, path);
    }

    // So that it can be used from another folder, too.
    private static RunDefinition Absolute(RunDefinition definition) => definition with
    {
        Files = definition.Files! with { Folder = Path.GetFullPath(definition.Files.Folder.Length == 0 ? "." : definition.Files.Folder) },
    };

    private void SaveAdapter(FineTuningRun run, string path) => AdapterFile.Save(run.Adapter, path, Precision, AdapterMetadata.Of(
        run, _model.Name, Path.GetFileNameWithoutExtension(path), modelPath: _model.Path));
}
