using UniVG.Notebooks.Hosting;

namespace UniVG.Kernel.Execution;

/// <summary>The notebook host that a <c>#!univg</c> command of one cell sees.</summary>
internal sealed class CellHost(string name, string notebookFolder, CellContext cell) : INotebookHost
{
    public string Name { get; } = name;

    public string NotebookFolder { get; } = notebookFolder;

    public CancellationToken CancellationToken => cell.CancellationToken;

    public IDisplay Display(MimeBundle content) => cell.Show(content);
}
