using System.Globalization;
using UniVG.Kernel.Execution;

namespace UniVG.Kernel.Headless;

/// <summary>Progress for logs: a line when a cell has ended, and now and then one while it runs.</summary>
internal sealed class LogProgress(TextWriter log, TimeProvider clock) : IRunProgress
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private string _position = "";
    private string _firstLine = "";
    private int _cells;
    private long _lastLine;

    public void NotebookStarted(string path, int cells)
    {
        _cells = cells;
        log.WriteLine($"{path}: {cells} cells");
    }

    public void CellStarted(int number, string firstLine)
    {
        lock (_gate)
        {
            (_position, _firstLine) = (ProgressText.Position(number, _cells), firstLine);
            _lastLine = clock.GetTimestamp();
        }
    }

    public void CellShows(string plainText)
    {
        lock (_gate)
        {
            if (clock.GetElapsedTime(_lastLine) < Pause) return;
            _lastLine = clock.GetTimestamp();
            log.WriteLine($"{_position} … {ProgressText.FirstLine(plainText)}");
            log.Flush();
        }
    }

    public void CellEnded(TimeSpan time, CellError? error)
    {
        lock (_gate) log.WriteLine($"{_position} {ProgressText.Seconds(time)}  {ProgressText.Failed(error)}{_firstLine}");
        log.Flush();
    }

    public void NotebookWritten(string path, TimeSpan time) =>
        log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"wrote {path} after {time.TotalSeconds:0.0} s"));
}
