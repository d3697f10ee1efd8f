namespace UniVG.Notebooks.Displays.Charts;

/// <summary>What the axes of a chart measure.</summary>
/// <param name="X">Below the horizontal axis.</param>
/// <param name="Y">Beside the vertical axis.</param>
internal sealed record ChartAxes(string X, string Y)
{
    /// <summary>Those of a loss curve.</summary>
    public static ChartAxes Loss { get; } = new("step", "loss");
}
