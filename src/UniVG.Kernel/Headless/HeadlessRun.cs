using System.Diagnostics;
using UniVG.Kernel.Execution;

namespace UniVG.Kernel.Headless;

/// <summary>Executes notebooks one after the other and writes their executed forms, whatever becomes of them.</summary>
/// <param name="createSession">Makes the session of one notebook.</param>
/// <param name="progress">Told what happens.</param>
/// <param name="errors">Where a failed cell is described.</param>
internal sealed class HeadlessRun(Func<NotebookSession> createSession, IRunProgress progress, TextWriter errors)
{
    /// <summary>Runs all notebooks; the first failing one ends the run.</summary>
    /// <returns>An exit code.</returns>
    /// <exception cref="UniVG.Diffusion.UniVGException">A notebook cannot be read or has no such parameter, or an output cannot be written; found before anything runs.</exception>
    public async Task<int> RunAsync(RunOptions options, CancellationToken cancellationToken)
    {
        var notebooks = options.Notebooks.Select(path => (Path: path, Notebook: NotebookFile.Read(path))).ToList();
        NotebookParameters.RequireKnown([.. notebooks.Select(read => read.Notebook)], options.Parameters);
        foreach (var output in options.Notebooks.SelectMany(options.OutputsFor)) NotebookFile.EnsureWritable(output);

        foreach (var (path, notebook) in notebooks)
        {
            NotebookParameters.Inject(notebook, options.Parameters);
            var failed = await RunAsync(path, notebook, options, cancellationToken);
            if (failed is null) continue;
            Describe(path, failed);
            return cancellationToken.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Failed;
        }

        return ExitCodes.Success;
    }

    private async Task<FailedCell?> RunAsync(string path, Notebook notebook, RunOptions options, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        progress.NotebookStarted(path, notebook.CodeCells.Count);
        var session = createSession();
        var outputs = options.OutputsFor(path);
        session.NotebookFolder = Path.GetDirectoryName(Path.GetFullPath(outputs[0]))!;

        // After each cell: native code that fails hard takes the process with it, but not what was done before.
        var failed = await new NotebookRunner(session, progress, options.CellTimeout, Keep)
            .RunAsync(notebook, cancellationToken);
        foreach (var output in outputs) progress.NotebookWritten(output, watch.Elapsed);

        // A failed run ends the program, and may have left a cell behind that still uses what the session holds.
        if (failed is null) session.Dispose();
        return failed;

        void Keep()
        {
            foreach (var output in outputs) NotebookFile.Write(output, notebook);
        }
    }

    private void Describe(string path, FailedCell failed)
    {
        errors.WriteLine($"{path}: cell {failed.Number} failed:");
        foreach (var line in failed.Source.TrimEnd().Split('\n')) errors.WriteLine($"    {line.TrimEnd()}");
        foreach (var line in failed.Error.Traceback.DefaultIfEmpty(failed.Error.Message)) errors.WriteLine(TerminalColours.Remove(line));
        errors.Flush();
    }
}
