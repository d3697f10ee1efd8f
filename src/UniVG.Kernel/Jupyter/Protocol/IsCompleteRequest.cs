namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>Can this be run, or are more lines to come?</summary>
internal sealed record IsCompleteRequest(string Code);
