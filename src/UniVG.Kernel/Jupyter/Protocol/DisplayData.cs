using System.Text.Json.Nodes;

namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>Something shown, or (as update_display_data) what replaces it.</summary>
internal sealed record DisplayData(JsonObject Data, JsonObject Metadata, DisplayTransient Transient);
