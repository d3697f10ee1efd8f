using System.Text.Json.Serialization;

namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>The kinds of the matches, as IPython gives them.</summary>
internal sealed record CompleteMetadata(
    [property: JsonPropertyName("_jupyter_types_experimental")] IReadOnlyList<CompleteItem> Items);
