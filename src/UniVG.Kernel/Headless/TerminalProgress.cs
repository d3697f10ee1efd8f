using UniVG.Kernel.Execution;

namespace UniVG.Kernel.Headless;

/// <summary>Progress for a person at a terminal: one line per cell, rewritten while the cell runs.</summary>
/// <param name="terminal">The terminal.</param>
/// <param name="width">The terminal's width in characters, asked for at every line.</param>
/// <param name="clock">Limits how often the line is rewritten.</param>
internal sealed class TerminalProgress(TextWriter terminal, Func<int> width, TimeProvider clock) : IRunProgress
{
    // Faster than this nobody reads.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.25);
    private const string ClearToEnd = "\u001b[K";

    private readonly Lock _gate = new();
    private string _position = "";
    private string _firstLine = "";
    private int _cells;
    private long _started;
    private long? _lastRewrite;

    public void NotebookStarted(string path, int cells)
    {
        _cells = cells;
        terminal.WriteLine($"{path}: {cells} cells");
    }

    public void CellStarted(int number, string firstLine)
    {
        lock (_gate)
        {
            (_position, _firstLine) = (ProgressText.Position(number, _cells), firstLine);
            (_started, _lastRewrite) = (clock.GetTimestamp(), null);
            Rewrite(_firstLine);
        }
    }

    public void CellShows(string plainText)
    {
        lock (_gate)
        {
            if (_lastRewrite is { } last && clock.GetElapsedTime(last) < Pause) return;
            _lastRewrite = clock.GetTimestamp();
            Rewrite($"{_firstLine} · {ProgressText.FirstLine(plainText)}");
        }
    }

    public void CellEnded(TimeSpan time, CellError? error)
    {
        lock (_gate)
        {
            Rewrite($"{ProgressText.Failed(error)}{_firstLine}");
            terminal.WriteLine();
        }
    }

    public void NotebookWritten(string path, TimeSpan time) => terminal.WriteLine($"wrote {path} after {ProgressText.Seconds(time).Trim()}");

    private void Rewrite(string text)
    {
        var line = $"{_position} {ProgressText.Seconds(clock.GetElapsedTime(_started))}  {text}";
        terminal.Write($"\r{line[..Math.Min(line.Length, Math.Max(20, width() - 1))]}{ClearToEnd}");
        terminal.Flush();
    }
}
