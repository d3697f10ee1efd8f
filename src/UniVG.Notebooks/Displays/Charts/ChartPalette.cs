namespace UniVG.Notebooks.Displays.Charts;

/// <summary>
/// The colours of the charts, chosen to be read on white and on near-black alike, because one picture serves both themes: each has
/// a contrast of at least 3 : 1 against #ffffff and #1e1e1e. The runs' colours also differ in lightness.
/// </summary>
internal static class ChartPalette
{
    /// <summary>Axis labels, ticks and the legend.</summary>
    public const string Text = "#7b8089";

    /// <summary>Grid lines: a translucent grey.</summary>
    public const string Grid = "rgba(128,134,145,0.22)";

    /// <summary>The loss.</summary>
    public const string Loss = "#2f81d6";

    /// <summary>The validation loss.</summary>
    public const string Validation = "#1d9a6c";

    /// <summary>The learning rates.</summary>
    public const string LearningRate = "#c9741c";

    /// <summary>Marks of samples, saves and changes.</summary>
    public const string Marker = "#a562c4";

    /// <summary>One colour a run where several are compared; taken in turn.</summary>
    public static IReadOnlyList<string> Runs { get; } =
        ["#2f81d6", "#c9741c", "#1d9a6c", "#a562c4", "#d1495b", "#7d8c1f", "#1b94a8", "#8a6d5a"];
}
