using UniVG.Kernel.Execution;

namespace UniVG.Kernel.Headless;

/// <summary>No progress: only failures are told, by the command itself.</summary>
internal sealed class QuietProgress : IRunProgress
{
    public void NotebookStarted(string path, int cells)
    {
    }

    public void CellStarted(int number, string firstLine)
    {
    }

    public void CellShows(string plainText)
    {
    }

    public void CellEnded(TimeSpan time, CellError? error)
    {
    }

    public void NotebookWritten(string path, TimeSpan time)
    {
    }
}
