namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>End now; the answer is the same, plus a status.</summary>
internal sealed record ShutdownMessage(bool Restart, string? Status = null);
