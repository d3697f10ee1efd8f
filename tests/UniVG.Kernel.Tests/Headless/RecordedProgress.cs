using UniVG.Kernel.Execution;
using UniVG.Kernel.Headless;

namespace UniVG.Kernel.Tests.Headless;

/// <summary>Progress, kept for assertions.</summary>
internal sealed class RecordedProgress : IRunProgress
{
    private int _cellCount;

    public List<string> Cells { get; } = [];

    public List<string> Shown { get; } = [];

    public Action<string>? OnShown { get; set; }

    public void NotebookStarted(string path, int cells) => _cellCount = cells;

    public void CellStarted(int number, string firstLine) => Cells.Add($"[{number}/{_cellCount}] {firstLine}");

    public void CellShows(string plainText)
    {
        Shown.Add(plainText);
        OnShown?.Invoke(plainText);
    }

    public void CellEnded(TimeSpan time, CellError? error)
    {
    }

    public void NotebookWritten(string path, TimeSpan time)
    {
    }
}
