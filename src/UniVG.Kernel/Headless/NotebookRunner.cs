using System.Diagnostics;
using UniVG.Kernel.Execution;

namespace UniVG.Kernel.Headless;

/// <summary>Executes the cells of a notebook in order, in this process, until one fails.</summary>
/// <param name="session">Runs the cells.</param>
/// <param name="progress">Told what happens.</param>
/// <param name="cellTimeout">How long one cell may take; null for as long as it likes.</param>
/// <param name="keep">Told after each cell, when the notebook holds all outputs so far.</param>
internal sealed class NotebookRunner(NotebookSession session, IRunProgress progress, TimeSpan? cellTimeout, Action keep)
{
    /// <summary>A cell with this tag may fail; the run goes on (nbclient's convention).</summary>
    public const string MayFailTag = "raises-exception";

    // A #!univg command ends with the step it is in, which may be a long one; a cell that takes longer than this to stop is left behind.
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(30);

    private readonly NotebookOutputs _outputs = new();

    /// <summary>Executes the notebook's code cells and keeps their outputs in it.</summary>
    /// <returns>The cell that ended the run and why; null when all ran.</returns>
    public async Task<FailedCell?> RunAsync(Notebook notebook, CancellationToken cancellationToken)
    {
        var collectors = new List<(NotebookCell Cell, int Number, OutputCollector Output)>();
        foreach (var cell in notebook.Cells.Where(c => c.IsCode)) cell.SetOutputs(executionCount: null, []);
        var failed = await RunCellsAsync(notebook, collectors, cancellationToken);
        if (collectors.Count == 0) keep();
        return failed;
    }

    // All of them: a later cell may have updated what an earlier one showed.
    private void Keep(List<(NotebookCell, int, OutputCollector)> collectors)
    {
        foreach (var (cell, number, output) in collectors) cell.SetOutputs(number, output.Outputs());
        keep();
    }

    private async Task<FailedCell?> RunCellsAsync(
        Notebook notebook, List<(NotebookCell, int, OutputCollector)> collectors, CancellationToken cancellationToken)
    {
        foreach (var cell in notebook.CodeCells)
        {
            var number = collectors.Count + 1;
            var output = new OutputCollector(_outputs, progress.CellShows);
            collectors.Add((cell, number, output));
            progress.CellStarted(number, cell.FirstLine);
            var watch = Stopwatch.StartNew();
            var result = await RunCellAsync(cell, number, output, cancellationToken);
            if (result.Value is not null) output.AddResult(result.Value, number);
            if (result.Error is not null) output.AddError(result.Error);
            Keep(collectors);
            progress.CellEnded(watch.Elapsed, result.Error);
            var goesOn = result.Error is null || (cell.HasTag(MayFailTag) && !cancellationToken.IsCancellationRequested);
            if (!goesOn) return new FailedCell(number, cell.Source, result.Error!);
        }

        return null;
    }

    private async Task<CellResult> RunCellAsync(
        NotebookCell cell, int number, OutputCollector output, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (cellTimeout is { } time) stop.CancelAfter(time);
        var running = session.RunAsync(cell.Source, number, output, stop.Token);
        var result = await Task.WhenAny(running, LeftBehindAsync(stop.Token)) == running
            ? await running
            : new CellResult(null, new CellError(CellError.Interrupted, "The cell did not stop when it was interrupted.", []));

        var timedOut = stop.IsCancellationRequested && !cancellationToken.IsCancellationRequested;
        return timedOut && result.Error is { IsInterrupt: true } ? result with { Error = TimeoutError() } : result;
    }

    private static async Task LeftBehindAsync(CancellationToken stop)
    {
        await Task.Delay(Timeout.Infinite, stop).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await Task.Delay(StopTime, CancellationToken.None);
    }

    private CellError TimeoutError()
    {
        var message = $"The cell took longer than {cellTimeout!.Value.TotalSeconds:0.###} s and was stopped; --timeout sets the limit.";
        return new CellError("CellTimeout", message, [$"CellTimeout: {message}"]);
    }
}
