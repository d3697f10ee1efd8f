namespace UniVG.Notebooks.Displays.Charts;

/// <summary>One line or one set of marks of a chart, before it becomes a Plotly trace and a ScottPlot scatter.</summary>
/// <param name="Name">What the legend says.</param>
/// <param name="X">Step numbers.</param>
/// <param name="Y">Values, one for each step number; NaN leaves a gap.</param>
/// <param name="Colour">#rrggbb.</param>
internal sealed record ChartTrace(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y, string Colour)
{
    /// <summary>Line width in pixels; 0 for marks alone.</summary>
    public double Width { get; init; } = 1.5;

    /// <summary>From 0 (invisible) to 1.</summary>
    public double Opacity { get; init; } = 1;

    /// <summary>Whether the line is dotted, so that it is told apart without its colour.</summary>
    public bool Dotted { get; init; }

    /// <summary>The shape of the marks.</summary>
    public ChartSymbol Symbol { get; init; } = ChartSymbol.None;

    /// <summary>Whether the values belong to the right axis (learning rates).</summary>
    public bool RightAxis { get; init; }

    /// <summary>What hovering says at each point; null for the value alone.</summary>
    public IReadOnlyList<string>? HoverTexts { get; init; }
}
