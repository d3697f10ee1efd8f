namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>The running cell was told to stop.</summary>
internal sealed record InterruptReply(string Status = "ok");
