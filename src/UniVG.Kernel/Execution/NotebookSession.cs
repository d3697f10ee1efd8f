using System.Diagnostics;
using System.Globalization;
using UniVG.Kernel.Language;
using UniVG.Kernel.Packages;
using UniVG.Kernel.Scripting;
using UniVG.Notebooks.Cells;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Session;

namespace UniVG.Kernel.Execution;

/// <summary>One notebook being executed: its C# state and its <c>#!univg</c> session. Cells run one at a time.</summary>
/// <param name="hostName">The host's name, as <c>#!univg doctor</c> prints it.</param>
/// <param name="session">What the notebook holds between its cells; C# cells see it as <c>univg</c>. Disposed with this session.</param>
/// <param name="commands">What runs <c>#!univg</c> lines; disposed with the session when it can be.</param>
/// <param name="engine">What runs C#.</param>
/// <param name="format">Turns a value into what is shown for it; null for values it has no display for.</param>
internal sealed class NotebookSession(
    string hostName, UniVGSession session, ICommandRunner commands, CSharpEngine engine, Func<object, MimeBundle?> format) : IDisposable
{
    private readonly NotebookPackages _packages = new(engine);

    /// <summary>What runs C#.</summary>
    public CSharpEngine Engine { get; } = engine;

    /// <summary>What runs <c>#!univg</c> lines.</summary>
    public ICommandRunner Commands { get; } = commands;

    /// <summary>The folder that the notebook is saved in, from which links to files beside it are reckoned.</summary>
    public string NotebookFolder { get; set; } = Directory.GetCurrentDirectory();

    /// <summary>Makes compiler and commands ready, so that the first cell finds them so.</summary>
    public void WarmUp()
    {
        Engine.WarmUp();
        _ = Commands.Commands;
    }

    /// <summary>Executes one cell; segments after a failing one do not run.</summary>
    /// <param name="code">The cell's text.</param>
    /// <param name="number">The cell's number, named in stack traces.</param>
    /// <param name="output">Where its output goes.</param>
    /// <param name="cancellationToken">Interrupts the cell.</param>
    public async Task<CellResult> RunAsync(string code, int number, ICellOutput output, CancellationToken cancellationToken)
    {
        var cell = new CellContext(session, output, Format, cancellationToken);
        using var scope = cell.Enter();
        session.Host = new CellHost(hostName, NotebookFolder, cell);
        try
        {
            return new CellResult(await RunSegmentsAsync(code, number, cell), Error: null);
        }
        catch (Exception e)
        {
            return new CellResult(Value: null, CellErrors.Describe(e, cancellationToken.IsCancellationRequested));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Engine.Dispose();
        (Commands as IDisposable)?.Dispose();
        session.Dispose();
    }

    private async Task<MimeBundle?> RunSegmentsAsync(string code, int number, CellContext cell)
    {
        MimeBundle? value = null;
        Stopwatch? watch = null;
        foreach (var segment in CellLanguage.Cells.Parse(code))
        {
            // Only the last value is the cell's result; those before it are shown where they arise.
            if (value is not null) cell.Show(value);
            value = null;
            cell.CancellationToken.ThrowIfCancellationRequested();
            switch (segment)
            {
                case TimeSegment:
                    watch = Stopwatch.StartNew();
                    break;
                case MarkupSegment markup:
                    cell.Show(ValueBundle.Of(markup.Text.Trim(), markup.MimeType));
                    break;
                case CommandSegment command:
                    await Engine.Runner.RunPatientlyAsync(
                        () => Commands.RunAsync(command.Text.TrimEnd(), command.Body, session.Host!));
                    break;
                case CSharpSegment csharp:
                    var source = await _packages.ResolveAsync(csharp.Text, cell);
                    var result = string.IsNullOrWhiteSpace(source)
                        ? null
                        : await Engine.RunAsync(source, number, csharp.Line, cell.CancellationToken);
                    value = result is null or DisplayedValue ? null : ValueBundle.Of(result, Format);
                    if (value is not null) cell.BringPlotlyFor(value);
                    break;
            }
        }

        if (watch is not null) cell.Show(WallTime(watch.Elapsed));
        return value;
    }

    private MimeBundle Format(object value) => format(value) ?? ValueBundle.OfText(value);

    private static MimeBundle WallTime(TimeSpan time) =>
        new(string.Create(CultureInfo.InvariantCulture, $"Wall time: {time.TotalMilliseconds:0.#} ms"));
}
