using System.Text.Json.Nodes;

namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>The cell failed.</summary>
internal sealed record ExecuteErrorReply(
    int ExecutionCount,
    string Ename,
    string Evalue,
    IReadOnlyList<string> Traceback,
    JsonObject UserExpressions,
    IReadOnlyList<JsonNode> Payload,
    string Status = "error");
