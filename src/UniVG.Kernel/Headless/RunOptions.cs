namespace UniVG.Kernel.Headless;

/// <summary>What <c>univg run</c> was asked for.</summary>
/// <param name="Notebooks">The notebooks, in the order in which they run, each in a session of its own.</param>
internal sealed record RunOptions(IReadOnlyList<string> Notebooks)
{
    /// <summary>Where the executed notebook goes; null for <c>output/NAME.ipynb</c>. Only for a single notebook.</summary>
    public string? Output { get; init; }

    /// <summary>How long one cell may take; null for as long as it likes.</summary>
    public TimeSpan? CellTimeout { get; init; }

    /// <summary>Variables that replace the notebook's own parameters.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; } = [];

    /// <summary>Where a notebook's executed form goes.</summary>
    public string OutputFor(string notebook) =>
        Output ?? Path.Combine("output", Path.ChangeExtension(Path.GetFileName(notebook), ".ipynb"));
}
