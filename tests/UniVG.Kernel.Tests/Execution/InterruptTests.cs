using UniVG.Kernel.Execution;

namespace UniVG.Kernel.Tests.Execution;

public sealed class InterruptTests : IDisposable
{
    private readonly TestNotebook _notebook = new();

    public void Dispose() => _notebook.Dispose();

    [Theory]
    [InlineData("Console.Write(\"go\"); await Task.Delay(-1, cellToken);")]
    [InlineData("Console.Write(\"go\"); await Task.Delay(-1);")]
    [InlineData("Console.Write(\"go\"); Thread.Sleep(-1);")]
    [InlineData("Console.Write(\"go\"); while (true) { }")]
    [InlineData("Console.Write(\"go\");\n#!univg wait")]
    public async Task An_interrupted_cell_leaves_the_session_usable(string cell)
    {
        await _notebook.ValueAsync("var before = 1;");

        var error = await InterruptAsync(cell);

        Assert.Equal(CellError.Interrupted, error?.Name);
        Assert.Equal("2", await _notebook.ValueAsync("before + 1"));
    }

    [Fact]
    public async Task A_second_busy_loop_is_stopped_like_the_first()
    {
        const string Loop = "Console.Write(\"go\"); for (var i = 0L; ; i++) { }";

        Assert.Equal(CellError.Interrupted, (await InterruptAsync(Loop))?.Name);
        Assert.Equal(CellError.Interrupted, (await InterruptAsync(Loop))?.Name);
        Assert.Equal("1", await _notebook.ValueAsync("1"));
    }

    [Fact]
    public async Task Cells_begin_on_one_thread()
    {
        var first = await _notebook.ValueAsync("await Task.Delay(1);\nvar id = 0;\nEnvironment.CurrentManagedThreadId");
        var ids = new[] { await _notebook.ValueAsync("Thread.CurrentThread.Name"), await _notebook.ValueAsync("Thread.CurrentThread.Name") };

        Assert.NotNull(first);
        Assert.Equal(["UniVG cells", "UniVG cells"], ids);
    }

    // Interrupts the cell once it has printed "go".
    private async Task<CellError?> InterruptAsync(string cell)
    {
        using var interrupt = new CancellationTokenSource();
        var running = _notebook.RunAsync(cell, interrupt.Token);
        while (_notebook.Output.Text != "go")
        {
            Assert.False(running.IsCompleted, "the cell ended by itself");
            await Task.Delay(10);
        }

        await interrupt.CancelAsync();
        return (await running).Error;
    }
}
