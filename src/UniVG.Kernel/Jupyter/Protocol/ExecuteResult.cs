using System.Text.Json.Nodes;

namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>The value of the cell's last expression.</summary>
internal sealed record ExecuteResult(int ExecutionCount, JsonObject Data, JsonObject Metadata);
