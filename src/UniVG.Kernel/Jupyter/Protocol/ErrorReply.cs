namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>A cell failed (on iopub), or a request could not be answered.</summary>
internal sealed record ErrorReply(string Ename, string Evalue, IReadOnlyList<string> Traceback, string Status = "error");
