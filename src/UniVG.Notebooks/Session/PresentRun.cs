using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.State;

namespace UniVG.Notebooks.Session;

/// <summary>A run of a session's own adapter: the run, what keeps its files, and how far it is written. Once it is replaced, only its history and its files are left.</summary>
/// <param name="run">The run.</param>
/// <param name="keeper">What keeps its files.</param>
/// <param name="output">Where its finished adapter goes.</param>
internal sealed class PresentRun(FineTuningRun run, RunKeeper keeper, AdapterOutput output) : IDisposable
{
    private readonly HashSet<string> _written = [];

    /// <summary>The run.</summary>
    public FineTuningRun Run => run;

    /// <summary>What keeps its files.</summary>
    public RunKeeper Keeper => keeper;

    /// <summary>Where its finished adapter goes.</summary>
    public AdapterOutput Output => output;

    /// <summary>The step after which the adapter was written last.</summary>
    public int SavedStep { get; set; }

    /// <summary>Whether the adapter was written since its last step.</summary>
    public bool IsSaved => SavedStep == run.Step;

    /// <summary>Whether nothing would be lost with it: the adapter or the state after its last step is on the disk, or there is no step worth keeping.</summary>
    public bool IsKept => run is { Step: 0 } or { HasFailed: true } || IsSaved || StateFolder.Peek(keeper.Files.StateAtStep(run.Step))?.RunId == run.Id;

    /// <summary>Whether a file may be replaced without asking: the run wrote it itself, or was begun with leave to.</summary>
    public bool MayReplace(string path) => _written.Contains(Path.GetFullPath(path)) || (path == output.Path && output.Overwrite);

    /// <summary>Notes that the adapter, as it is now, was written.</summary>
    public void NoteWritten(string path)
    {
        _written.Add(Path.GetFullPath(path));
        SavedStep = run.Step;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        run.Dispose();
        keeper.Dispose();
    }
}
