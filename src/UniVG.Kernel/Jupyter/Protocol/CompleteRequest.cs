namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>What may stand here? The position counts Unicode code points.</summary>
internal sealed record CompleteRequest(string Code, int? CursorPos = null);
