namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>Remove the cell's output.</summary>
internal sealed record ClearOutput(bool Wait);
