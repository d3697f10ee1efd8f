using System.Text.Json.Nodes;

namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>A comm that a client opens, or that the kernel closes again.</summary>
internal sealed record CommMessage(string CommId, JsonObject? Data = null);
