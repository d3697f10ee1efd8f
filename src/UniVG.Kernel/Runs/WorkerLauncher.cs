using System.Diagnostics;
using UniVG.Diffusion;
using UniVG.Diffusion.Runtime;
using UniVG.Notebooks.Hosting;

namespace UniVG.Kernel.Runs;

/// <summary>Starts this very program as <c>univg work</c>, detached: the shell that starts it ends at once, and it leaves the session itself.</summary>
internal sealed class WorkerLauncher : IWorkerLauncher
{
    // Whatever it inherited must not bind it to the notebook: neither its pipes nor, as a child, its life.
    private const string Script = "log=$1; shift; \"$@\" </dev/null >>\"$log\" 2>&1 &";

    /// <inheritdoc/>
    public void Start(string runFolder, string logFile)
    {
        if (OperatingSystem.IsWindows()) throw new UniVGException("--detach needs Linux or macOS; train in the notebook, with --save-every so that a crash costs little.");
        var start = new ProcessStartInfo("/bin/sh", ["-c", Script, "sh", logFile, .. ProgramCommand.Parts, "work", runFolder]);
        if (DotnetInstallation.Root is { } root) start.Environment["DOTNET_ROOT"] = root;
        try
        {
            using var shell = ChildProcess.Start(start);
            shell.WaitForExit();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new UniVGException($"The run's process cannot be started: {e.Message}.", e);
        }
    }
}
