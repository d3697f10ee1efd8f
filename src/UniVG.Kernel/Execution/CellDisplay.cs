using UniVG.Notebooks.Hosting;

namespace UniVG.Kernel.Execution;

/// <summary>Something a cell shows; the id is how hosts find it again.</summary>
internal sealed class CellDisplay(ICellOutput output, string id) : IDisplay
{
    public string Id { get; } = id;

    public void Update(MimeBundle content) => output.Update(content, Id);
}
