using UniVG.Finetuning.Training;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Session;
using UniVG.Notebooks.Training;

namespace UniVG.Notebooks.Commands;

/// <summary>What a command works with.</summary>
/// <param name="Session">The notebook's model, dataset, adapter and runs.</param>
/// <param name="Host">Where to show things.</param>
public sealed record CommandContext(UniVGSession Session, INotebookHost Host)
{
    /// <summary>The lines of the cell below the command, for a command that takes them; else "".</summary>
    public string Body { get; init; } = "";

    /// <summary>Starts processes for runs that outlive the notebook; null where the host cannot.</summary>
    public IWorkerLauncher? Launcher { get; init; }

    /// <summary>Takes steps of the session's run below the cell.</summary>
    internal Task TrainAsync(FineTuningRun run, int steps) => new TrainingDriver(Session, Host, run).RunAsync(steps, Host.CancellationToken);
}
