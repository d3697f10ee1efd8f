using System.Text.Json.Nodes;

namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>What is known of the word at the cursor.</summary>
internal sealed record InspectReply(bool Found, JsonObject Data, JsonObject Metadata, string Status = "ok");
