using System.Text.Json.Nodes;

namespace UniVG.Kernel.Headless;

/// <summary>One cell of an nbformat 4 document; whatever this type does not know stays as it was read.</summary>
internal sealed class NotebookCell(JsonObject json)
{
    public JsonObject Json { get; } = json;

    public bool IsCode => (string?)Json["cell_type"] == "code";

    /// <summary>The cell's text; nbformat keeps it as one string or as a list of lines.</summary>
    public string Source => JsonLines.Join(Json["source"]);

    public bool IsMarkdown => (string?)Json["cell_type"] == "markdown";

    /// <summary>The pictures that a Markdown cell carries: name → MIME bundle.</summary>
    public JsonObject? Attachments => Json["attachments"] as JsonObject;

    /// <summary>What its execution left.</summary>
    public IEnumerable<JsonObject> Outputs => (Json["outputs"] as JsonArray ?? []).OfType<JsonObject>();

    /// <summary>The first line that says something, for progress and errors.</summary>
    public string FirstLine => Source.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0) ?? "";

    /// <summary>Makes a code cell.</summary>
    public static NotebookCell Code(string source, params string[] tags) => new(new JsonObject
    {
        ["cell_type"] = "code",
        ["execution_count"] = null,
        ["metadata"] = tags.Length == 0 ? new JsonObject() : new JsonObject { ["tags"] = new JsonArray([.. tags.Select(t => (JsonNode)t)]) },
        ["outputs"] = new JsonArray(),
        ["source"] = JsonLines.Split(source),
    });

    public bool HasTag(string tag) => (Json["metadata"]?["tags"] as JsonArray)?.Any(t => (string?)t == tag) ?? false;

    /// <summary>Replaces what an earlier execution left.</summary>
    public void SetOutputs(int? executionCount, IEnumerable<JsonObject> outputs)
    {
        Json["execution_count"] = executionCount;
        Json["outputs"] = new JsonArray([.. outputs.Select(o => o.DeepClone())]);
    }
}
