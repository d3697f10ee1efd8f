namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>Whether the code is complete, incomplete or invalid.</summary>
internal sealed record IsCompleteReply(string Status, string? Indent = null);
