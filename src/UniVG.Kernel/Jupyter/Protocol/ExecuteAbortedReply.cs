namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>The cell did not run, because one before it failed.</summary>
internal sealed record ExecuteAbortedReply(int ExecutionCount, string Status = "aborted");
