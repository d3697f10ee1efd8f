using UniVG.Diffusion;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Runs;

/// <summary>Looks at a run that has a process of its own, and asks it to stop.</summary>
/// <param name="folder">The run's folder.</param>
public sealed class RunFollower(RunFolder folder)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly RunReplay _replay = new(folder);

    /// <summary>How the run stands, as far as it was read.</summary>
    public TrainingStatus Status => _replay.Status;

    /// <summary>What the run said when it ended.</summary>
    public string? Note => _replay.Note;

    /// <summary>How far the run is, now: its panel's state.</summary>
    public TrainingPanelState Look()
    {
        ReadOn();
        return _replay.State();
    }

    /// <summary>Shows the run from its beginning, and on until it ends. Cancelling ends the showing, not the run.</summary>
    /// <param name="display">What to update.</param>
    /// <param name="cancellationToken">Ends the showing.</param>
    /// <exception cref="OperationCanceledException">The showing was ended.</exception>
    public async Task FollowAsync(IDisplay display, CancellationToken cancellationToken)
    {
        using var live = new LiveDisplay<RunReplay>(display, replay => TrainingPanel.Create(replay.State()));
        string? note = "No longer followed; the run goes on, and '#!univg attach' follows it again.";
        try
        {
            await UntilEndAsync(() => live.Post(_replay), cancellationToken).ConfigureAwait(false);
            note = null;
        }
        finally
        {
            live.Dispose();
            display.Update(TrainingPanel.Create(_replay.State(note)));
        }
    }

    /// <summary>Asks the run to stop after its present step, and waits until it has; its state is saved.</summary>
    /// <param name="cancellationToken">Ends the waiting; the run stops all the same.</param>
    /// <exception cref="UniVGException">The run has ended before.</exception>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        ReadOn();
        if (_replay.HasEnded) throw new UniVGException($"The run {folder.Name} has ended before. {_replay.Note}".TrimEnd());
        await File.WriteAllTextAsync(folder.StopFile, "", cancellationToken).ConfigureAwait(false);
        await UntilEndAsync(() => { }, cancellationToken).ConfigureAwait(false);
    }

    private async Task UntilEndAsync(Action onNews, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (ReadOn()) onNews();
            if (_replay.HasEnded) return;
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }

    private bool ReadOn()
    {
        // In this order: what the process wrote last is read before it is found to be gone.
        var worker = WorkerProcess.Of(folder);
        var isGone = worker is null or { IsAlive: false };
        var hasNews = _replay.ReadOn();
        if (_replay.HasEnded || !isGone) return hasNews;
        _replay.Abandon(worker is not null && worker.Machine != Environment.MachineName
            ? $"The run's process is on {worker.Machine}, and cannot be seen from here."
            : $"The run's process is gone without a word; was it killed? '#!univg resume {NewestState()}' goes on from what it saved last.");
        return true;
    }

    // In the output folder, unless no state was saved there yet.
    private string NewestState()
    {
        var output = Path.GetDirectoryName(folder.Path)!;
        var id = StateFolder.Peek(folder.StartState)?.RunId;
        return Directory.EnumerateDirectories(output, "*" + RunFiles.StateEnding).Any(path => StateFolder.Peek(path)?.RunId == id) ? output : folder.StartState;
    }
}
