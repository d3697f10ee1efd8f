using System.CommandLine;
using System.Runtime.InteropServices;
using UniVG.Kernel.Runs;
using UniVG.Kernel.Scripting;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Runs;

namespace UniVG.Kernel.CommandLine;

/// <summary><c>univg work</c>: what <c>#!univg train --detach</c> starts.</summary>
internal static class WorkCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("RUN_FOLDER") { Description = "The folder of the run." };
        var command = new Command("work", "Trains a run that a notebook handed over; '#!univg train --detach' starts it.") { folder };
        command.SetAction(parsed => RunAsync(parsed.GetValue(folder)!));
        return command;
    }

    private static async Task<int> RunAsync(string folder)
    {
        UnixSession.Leave();
        NativeErrors.Install();
        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, stop));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, stop));
        var status = await RunWorker.RunAsync(new RunFolder(Path.GetFullPath(folder)), stop.Token);
        return status == TrainingStatus.Failed ? ExitCodes.Failed : ExitCodes.Success;
    }

    // The first signal ends the run after its present step and saves its state; the second one ends the program.
    private static void Stop(PosixSignalContext signal, CancellationTokenSource stop)
    {
        if (stop.IsCancellationRequested) return;
        signal.Cancel = true;
        Task.Run(stop.Cancel);
    }
}
