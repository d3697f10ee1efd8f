using System.Text.Json.Nodes;

namespace UniVG.Kernel.Headless;

/// <summary>What the cells of one notebook share of their outputs: which outputs show which display id.</summary>
internal sealed class NotebookOutputs
{
    private readonly Dictionary<string, List<JsonObject>> _displays = [];

    /// <summary>Guards all outputs of the notebook: an update may come from another cell and any thread.</summary>
    public Lock Gate { get; } = new();

    public void Register(string displayId, JsonObject output)
    {
        if (!_displays.TryGetValue(displayId, out var outputs)) _displays[displayId] = outputs = [];
        outputs.Add(output);
    }

    /// <summary>Replaces the content of everything shown under an id.</summary>
    public void Replace(string displayId, Func<JsonObject> data)
    {
        foreach (var output in _displays.GetValueOrDefault(displayId, [])) output["data"] = data();
    }
}
