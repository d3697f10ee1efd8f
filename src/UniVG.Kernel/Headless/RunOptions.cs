namespace UniVG.Kernel.Headless;

/// <summary>What <c>univg run</c> was asked for.</summary>
/// <param name="Notebooks">The notebooks, in the order in which they run, each in a session of its own.</param>
internal sealed record RunOptions(IReadOnlyList<string> Notebooks)
{
    /// <summary>Where the executed notebook goes, as a web page where it ends in .html; null for <c>output/NAME.ipynb</c>. Only for a single notebook.</summary>
    public string? Output { get; init; }

    /// <summary>Whether a web page is written beside the executed notebook.</summary>
    public bool Page { get; init; }

    /// <summary>How long one cell may take; null for as long as it likes.</summary>
    public TimeSpan? CellTimeout { get; init; }

    /// <summary>Variables that replace the notebook's own parameters.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; } = [];

    /// <summary>Where a notebook's executed forms go, the chief one first.</summary>
    public IReadOnlyList<string> OutputsFor(string notebook)
    {
        var output = Output ?? Path.Combine("output", Path.ChangeExtension(Path.GetFileName(notebook), ".ipynb"));
        return Page && !NotebookFile.IsPage(output) ? [output, Path.ChangeExtension(output, ".html")] : [output];
    }
}
