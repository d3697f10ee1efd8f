using UniVG.Finetuning.Training;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Displays.Charts;
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

    /// <summary>Shows what work is doing, and its result in the same place.</summary>
    /// <param name="doing">What is shown at first.</param>
    /// <param name="failed">What is shown where the work ends with an exception.</param>
    /// <param name="view">Shows the result.</param>
    /// <param name="work">The work; tells what it is doing, from any thread.</param>
    internal async Task<T> ShowWhileAsync<T>(string doing, string failed, Func<T, MimeBundle> view, Func<Action<string>, Task<T>> work)
    {
        var display = Host.Display(new MimeBundle(doing));
        try
        {
            using var live = new LiveDisplay<string>(display, text => new MimeBundle(text));
            var result = await work(live.Post).ConfigureAwait(false);
            live.Dispose();
            var content = view(result);
            BringPlotlyFor(content);
            display.Update(content);
            return result;
        }
        catch
        {
            display.Update(new MimeBundle(failed));
            throw;
        }
    }

    /// <summary>Shows what the interactive charts of an output wait for, where the notebook has it not yet.</summary>
    internal void BringPlotlyFor(MimeBundle content)
    {
        if (PlotlyBootstrap.Before(content, Session) is { } bootstrap) Host.Display(bootstrap);
    }

    /// <summary>Takes steps of the session's run below the cell.</summary>
    internal Task TrainAsync(FineTuningRun run, int steps) => new TrainingDriver(Session, Host, run).RunAsync(steps, Host.CancellationToken);
}
