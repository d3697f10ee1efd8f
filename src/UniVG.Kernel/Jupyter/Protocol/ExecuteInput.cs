namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>This cell begins to run.</summary>
internal sealed record ExecuteInput(string Code, int ExecutionCount);
