using System.Text.Json.Nodes;

namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>The open comms: this kernel has none.</summary>
internal sealed record CommInfoReply(JsonObject Comms, string Status = "ok");
