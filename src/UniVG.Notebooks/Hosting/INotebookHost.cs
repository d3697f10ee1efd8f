namespace UniVG.Notebooks.Hosting;

/// <summary>
/// What a command needs of the program that runs the notebook. Implemented by our Jupyter kernel, by the headless runner and,
/// in <c>extension.dib</c>, for .NET Interactive; nothing else in this assembly knows which one it is.
/// </summary>
public interface INotebookHost
{
    /// <summary>The host's name as <c>#!univg doctor</c> prints it.</summary>
    string Name { get; }

    /// <summary>Cancelled when the user interrupts the running cell.</summary>
    CancellationToken CancellationToken { get; }

    /// <summary>The folder that the notebook is saved in, from which links to files beside it are reckoned; by default the current one.</summary>
    string NotebookFolder => Directory.GetCurrentDirectory();

    /// <summary>Shows something below the running cell. May be called from any thread.</summary>
    /// <returns>A handle that replaces what is shown; it stays valid after the cell has ended, though a host may ignore it then.</returns>
    IDisplay Display(MimeBundle content);
}
