using UniVG.Notebooks.Displays.Charts;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Session;

namespace UniVG.Kernel.Execution;

/// <summary>What code needs to know of the cell it belongs to.</summary>
/// <remarks>
/// It flows with the execution context, so that a task which cell 1 left running still prints below cell 1 while cell 2 runs. Threads
/// that the context did not reach (native callbacks) count as belonging to the running cell.
/// </remarks>
internal sealed class CellContext(
    UniVGSession session, ICellOutput output, Func<object, MimeBundle> format, CancellationToken cancellationToken)
{
    private static readonly AsyncLocal<CellContext?> Flowing = new();
    private static volatile CellContext? Running;

    public static CellContext? Current => Flowing.Value ?? Running;

    /// <summary>What the notebook holds between its cells.</summary>
    public UniVGSession Session { get; } = session;

    public ICellOutput Output { get; } = output;

    /// <summary>Turns any value into what is shown for it.</summary>
    public Func<object, MimeBundle> Format { get; } = format;

    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>Makes this the current cell until the result is disposed.</summary>
    public IDisposable Enter()
    {
        var scope = new Scope(Flowing.Value, Running);
        Flowing.Value = this;
        Running = this;
        return scope;
    }

    public CellDisplay Show(MimeBundle content)
    {
        BringPlotlyFor(content);
        var display = new CellDisplay(Output, Guid.NewGuid().ToString("N"));
        Output.Show(content, display.Id);
        return display;
    }

    /// <summary>Shows what the interactive charts of an output wait for, where the notebook has it not yet.</summary>
    public void BringPlotlyFor(MimeBundle content)
    {
        if (PlotlyBootstrap.Before(content, Session) is { } bootstrap) Output.Show(bootstrap, Guid.NewGuid().ToString("N"));
    }

    private sealed class Scope(CellContext? flowing, CellContext? running) : IDisposable
    {
        public void Dispose()
        {
            Flowing.Value = flowing;
            Running = running;
        }
    }
}
