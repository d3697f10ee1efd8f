using System.Text.Json.Nodes;

namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>What was run: lists of session, number and source (with its output, if asked for).</summary>
internal sealed record HistoryReply(IReadOnlyList<JsonArray> History, string Status = "ok");
