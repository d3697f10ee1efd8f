using System.Globalization;
using UniVG.Diffusion;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Runs;

/// <summary>
/// The folder of a run that has a process of its own: what it begins with, and what it tells. Whoever can read the folder can follow the
/// run, and whoever can write into it can stop it; nothing else connects them.
/// </summary>
/// <param name="Path">The folder, below the run's output folder.</param>
public sealed record RunFolder(string Path)
{
    private const string Ending = "-run";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>The state that the notebook handed over.</summary>
    public string StartState => In("start" + RunFiles.StateEnding);

    /// <summary>What happened so far, see <see cref="RunEvent"/>.</summary>
    public string EventFile => In("events.jsonl");

    /// <summary>What the process printed; empty as a rule.</summary>
    public string LogFile => In("log.txt");

    /// <summary>Which process it is, see <see cref="WorkerProcess"/>.</summary>
    public string WorkerFile => In("worker.json");

    /// <summary>The file that asks the process to stop.</summary>
    public string StopFile => In("stop");

    /// <summary>The run's name and number, such as <c>model_lora-run2</c>.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Creates the first free folder of a run: <c>model_lora-run</c>, <c>model_lora-run2</c>, ….</summary>
    /// <exception cref="UniVGException">The folder cannot be created.</exception>
    public static RunFolder Create(RunFiles files)
    {
        var stem = System.IO.Path.Combine(System.IO.Path.GetFullPath(files.Folder.Length == 0 ? "." : files.Folder), files.Name + Ending);
        try
        {
            var path = Enumerable.Range(1, int.MaxValue)
                .Select(i => i == 1 ? stem : stem + i.ToString(CultureInfo.InvariantCulture))
                .First(path => !Directory.Exists(path) && !File.Exists(path));
            return new RunFolder(Directory.CreateDirectory(path).FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UniVGException($"The run's folder '{stem}' cannot be created ({e.Message.TrimEnd('.')}); choose another --output.", e);
        }
    }

    /// <summary>The folders of runs in an output folder, newest first.</summary>
    public static IReadOnlyList<RunFolder> AllIn(string folder) => !Directory.Exists(folder) ? [] :
    [
        .. Directory.EnumerateDirectories(folder, $"*{Ending}*").Select(path => new RunFolder(System.IO.Path.GetFullPath(path)))
            .Where(run => run.Exists).OrderByDescending(run => File.GetLastWriteTimeUtc(run.WorkerFile)),
    ];

    /// <summary>Finds a run.</summary>
    /// <param name="run">The run's folder, its name in the default output folder, or an output folder; null takes the newest there.</param>
    /// <exception cref="UniVGException">There is none; the message says what to give.</exception>
    public static RunFolder Find(string? run)
    {
        var output = InputPath.Find(AdapterOutput.DefaultFolder);
        if (run is null)
        {
            return AllIn(output) is [var newest, ..] ? newest : throw new UniVGException(
                $"'{output}' holds no run with a process of its own; '#!univg train --detach' begins one, and with another --output its folder must be named.");
        }

        var path = InputPath.Find(run);
        if (new RunFolder(System.IO.Path.GetFullPath(path)) is { Exists: true } named) return named;
        if (AllIn(path) is [var inFolder, ..]) return inFolder;
        return AllIn(output).FirstOrDefault(known => known.Name == run || known.Name.StartsWith(run + Ending, StringComparison.Ordinal))
            ?? throw new UniVGException($"There is no run '{run}'; give its folder, such as {System.IO.Path.Combine(AdapterOutput.DefaultFolder, "model_lora" + Ending)}.");
    }

    /// <summary>What a command calls a run: its name where it is in the default output folder, else its path.</summary>
    public static string NameHere(RunFolder run) =>
        System.IO.Path.GetDirectoryName(run.Path) == System.IO.Path.GetFullPath(InputPath.Find(AdapterOutput.DefaultFolder)) ? run.Name : run.Path;

    /// <summary>Makes sure that no other process trains into the same files.</summary>
    /// <param name="files">The files of a run that is begun or taken up.</param>
    /// <exception cref="UniVGException">One does; the message says how to follow or stop it.</exception>
    public static void RequireIdle(RunFiles files)
    {
        foreach (var run in AllIn(files.Folder.Length == 0 ? "." : files.Folder).Where(run => run.Name.StartsWith(files.Name + Ending, StringComparison.Ordinal)))
        {
            // A process that has said its last word may take a moment to be gone.
            if (WorkerProcess.Of(run) is { IsAlive: true } worker && worker.Id != Environment.ProcessId && !RunReplay.Of(run).HasEnded)
                throw new UniVGException($"The process {worker.Id} is training '{files.FinishedAdapter}'; follow it with '#!univg attach {run.Path}', or end it with '#!univg stop {run.Path}' first.");
        }
    }

    /// <summary>Waits until the run's process tells that it is there.</summary>
    /// <exception cref="UniVGException">It does not come; the message quotes what it printed.</exception>
    /// <exception cref="OperationCanceledException">The waiting was cancelled; the process may still come.</exception>
    internal async Task<WorkerProcess> WaitForWorkerAsync(CancellationToken cancellationToken)
    {
        for (var waited = TimeSpan.Zero; waited < Patience; waited += Pause)
        {
            if (WorkerProcess.Of(this) is { } worker) return worker;
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }

        var printed = File.Exists(LogFile) ? (await File.ReadAllTextAsync(LogFile, cancellationToken).ConfigureAwait(false)).Trim() : "";
        throw new UniVGException($"The run's process did not start within {Patience.TotalSeconds:0} s; '#!univg resume {StartState}' brings the run back here. {printed}".TrimEnd());
    }

    private bool Exists => File.Exists(WorkerFile) || File.Exists(EventFile);

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
