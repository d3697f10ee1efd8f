namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>What the user answered.</summary>
internal sealed record InputReply(string Value);
