using UniVG.Kernel.Execution;

namespace UniVG.Kernel.Headless;

/// <summary>Tells the user how far a headless run is. All members are thread-safe.</summary>
internal interface IRunProgress
{
    /// <summary>A notebook with this many code cells begins.</summary>
    void NotebookStarted(string path, int cells);

    /// <summary>A code cell begins; they are numbered from 1.</summary>
    void CellStarted(int number, string firstLine);

    /// <summary>The running cell shows something; its plain text.</summary>
    void CellShows(string plainText);

    /// <summary>The running cell has ended.</summary>
    void CellEnded(TimeSpan time, CellError? error);

    /// <summary>The notebook has ended and its executed form was written.</summary>
    void NotebookWritten(string path, TimeSpan time);
}
