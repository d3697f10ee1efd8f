namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>What was run before?</summary>
internal sealed record HistoryRequest(
    string HistAccessType,
    bool Output = false,
    int? N = null,
    int? Start = null,
    int? Stop = null,
    string? Pattern = null,
    bool Unique = false);
