namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>What is this? The position counts Unicode code points.</summary>
internal sealed record InspectRequest(string Code, int? CursorPos = null);
