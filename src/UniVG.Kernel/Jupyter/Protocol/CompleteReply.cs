namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>What may stand at the cursor.</summary>
internal sealed record CompleteReply(
    IReadOnlyList<string> Matches,
    int CursorStart,
    int CursorEnd,
    CompleteMetadata Metadata,
    string Status = "ok");
