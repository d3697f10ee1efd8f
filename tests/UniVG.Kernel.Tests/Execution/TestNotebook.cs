using UniVG.Kernel.Execution;
using UniVG.Kernel.Scripting;
using UniVG.Notebooks.Session;

namespace UniVG.Kernel.Tests.Execution;

/// <summary>A notebook session whose cells a test runs one by one.</summary>
internal sealed class TestNotebook : IDisposable
{
    private int _cells;

    public TestNotebook()
    {
        ConsoleCapture.Install();
        var engine = new CSharpEngine(KernelComposition.Imports);
        Session = new NotebookSession("test", new UniVGSession(), Commands, engine, format: _ => null);
    }

    public RecordedCommands Commands { get; } = new();

    public NotebookSession Session { get; }

    public RecordedOutput Output { get; private set; } = new();

    public Task<CellResult> RunAsync(string code, CancellationToken cancellationToken = default)
    {
        Output = new RecordedOutput();
        return Session.RunAsync(code, ++_cells, Output, cancellationToken);
    }

    /// <summary>Runs a cell that must succeed, and returns its value's plain text.</summary>
    public async Task<string?> ValueAsync(string code)
    {
        var result = await RunAsync(code);
        Assert.True(result.Error is null, string.Join('\n', result.Error?.Traceback ?? []));
        return result.Value?.PlainText;
    }

    /// <summary>Runs a cell that must fail.</summary>
    public async Task<CellError> ErrorAsync(string code)
    {
        var result = await RunAsync(code);
        Assert.NotNull(result.Error);
        return result.Error;
    }

    public void Dispose() => Session.Dispose();
}
