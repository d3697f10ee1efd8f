namespace UniVG.Notebooks.Displays.Charts;

/// <summary>The shape of a chart's marks.</summary>
internal enum ChartSymbol
{
    /// <summary>No marks, a line only.</summary>
    None,

    /// <summary>Filled circles.</summary>
    Circle,

    /// <summary>Triangles pointing down.</summary>
    Triangle,

    /// <summary>Squares.</summary>
    Square,

    /// <summary>Diamonds.</summary>
    Diamond,
}
