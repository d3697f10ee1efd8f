namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>Run this cell.</summary>
internal sealed record ExecuteRequest(
    string Code,
    bool Silent = false,
    bool StoreHistory = true,
    IReadOnlyDictionary<string, string>? UserExpressions = null,
    bool AllowStdin = true,
    bool StopOnError = true);
