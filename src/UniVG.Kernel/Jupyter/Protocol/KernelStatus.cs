namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>What the kernel is doing: starting, busy or idle.</summary>
internal sealed record KernelStatus(string ExecutionState);
