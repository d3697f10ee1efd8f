using System.Text.Json.Nodes;

namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>The cell ran to its end.</summary>
internal sealed record ExecuteReply(int ExecutionCount, JsonObject UserExpressions, IReadOnlyList<JsonNode> Payload, string Status = "ok");
