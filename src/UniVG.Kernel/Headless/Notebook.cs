using System.Text.Json.Nodes;

namespace UniVG.Kernel.Headless;

/// <summary>An nbformat 4 document.</summary>
internal sealed class Notebook
{
    private readonly JsonObject _json;

    /// <summary>Wraps a document that <see cref="NotebookFile"/> has checked.</summary>
    /// <param name="json">The document.</param>
    /// <param name="path">The file that it was read from.</param>
    public Notebook(JsonObject json, string path)
    {
        _json = json;
        Folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Title = Path.GetFileNameWithoutExtension(path);
        Cells = [.. Array.Select(cell => new NotebookCell((JsonObject)cell!))];
    }

    /// <summary>The folder to which its links are relative.</summary>
    public string Folder { get; }

    /// <summary>What it is called.</summary>
    public string Title { get; }

    public List<NotebookCell> Cells { get; }

    /// <summary>The cells that hold code; blank ones do not count.</summary>
    public IReadOnlyList<NotebookCell> CodeCells => [.. Cells.Where(c => c.IsCode && !string.IsNullOrWhiteSpace(c.Source))];

    private JsonArray Array => (JsonArray)_json["cells"]!;

    /// <summary>The document as nbformat 4.5 wants it, with this kernel named as the one that executed it.</summary>
    public JsonObject ToJson()
    {
        var metadata = _json["metadata"] as JsonObject ?? [];
        metadata["kernelspec"] = KernelIdentity.KernelSpec();
        metadata["language_info"] = KernelIdentity.LanguageInfo();
        AddMissingIds();
        return new JsonObject
        {
            ["cells"] = new JsonArray([.. Cells.Select(c => c.Json.DeepClone())]),
            ["metadata"] = metadata.DeepClone(),
            ["nbformat"] = 4,
            ["nbformat_minor"] = Math.Max(5, (int?)_json["nbformat_minor"] ?? 0),
        };
    }

    private void AddMissingIds()
    {
        var taken = Cells.Select(c => (string?)c.Json["id"]).OfType<string>().ToHashSet();
        var number = 0;
        foreach (var cell in Cells.Where(c => c.Json["id"] is null))
        {
            do number++;
            while (!taken.Add($"cell-{number}"));
            cell.Json["id"] = $"cell-{number}";
        }
    }
}
