using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Displays.Cards;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Session;
using UniVG.Notebooks.Training;

namespace UniVG.Notebooks.Runs;

/// <summary>Trains a run that was handed over, in the process that it has for its own.</summary>
public static class RunWorker
{
    private static readonly TimeSpan StopPause = TimeSpan.FromMilliseconds(250);

    /// <summary>Trains to the end, or until the run's folder asks to stop, and tells of it in the folder.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="cancellationToken">Stops the run; its state is saved.</param>
    /// <returns>How the run ended.</returns>
    public static async Task<TrainingStatus> RunAsync(RunFolder folder, CancellationToken cancellationToken)
    {
        WorkerProcess.Current.TakeOver(folder);
        using var recorder = new RunRecorder(folder);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var watch = new Timer(
            _ =>
            {
                if (File.Exists(folder.StopFile)) stop.Cancel();
            },
            null, StopPause, StopPause);
        var (status, note) = await TrainAsync(folder, recorder, stop.Token).ConfigureAwait(false);

        // What was handed over is in the run's own files by now, unless it failed.
        if (status != TrainingStatus.Failed && Directory.Exists(folder.StartState)) Directory.Delete(folder.StartState, recursive: true);
        recorder.End(status, note);
        return status;
    }

    private static async Task<(TrainingStatus Status, string? Note)> TrainAsync(RunFolder folder, RunRecorder recorder, CancellationToken cancellationToken)
    {
        TrainingDriver? driver = null;
        try
        {
            recorder.Activity("loading model and images");
            using var session = new UniVGSession();
            var run = session.ResumeRun(folder.StartState).Run;
            recorder.Begin(run, AdapterCard.Title(run.Adapter.Config));
            run.Observers.Add(recorder);
            session.Keeper!.Saved += recorder.Saved;
            session.Keeper.Failed += recorder.Warn;
            driver = new TrainingDriver(session, new UnseenHost(cancellationToken), run, recorder); // what a notebook would show, the event file tells
            await driver.RunAsync(run.TotalSteps - run.Step, cancellationToken).ConfigureAwait(false);
            return (driver.Status, driver.Note);
        }
        catch (OperationCanceledException)
        {
            return (TrainingStatus.Stopped, driver?.Note);
        }
#pragma warning disable CA1031 // The process has nobody else to tell.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return (TrainingStatus.Failed, e.Message);
        }
    }
}
