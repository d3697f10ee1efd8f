using ScottPlot;
using SkiaSharp;
using UniVG.Notebooks.Displays.Images;

namespace UniVG.Notebooks.Displays.Charts;

/// <summary>Draws the same chart as <see cref="PlotlyFigure"/> as a PNG with a transparent background, by ScottPlot.</summary>
internal static class ChartPicture
{
    // As many names as stand below each other in a chart's height.
    private const int MostBeside = 14;

    private const int HalfNumber = 10;

    /// <summary>Draws the traces.</summary>
    /// <param name="traces">The traces.</param>
    /// <param name="title">Above the chart; null for none.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="axes">What the axes measure; null for those of a loss curve.</param>
    /// <param name="adjust">Has the last word on the plot; null where there is nothing to add.</param>
    public static byte[] Render(IReadOnlyList<ChartTrace> traces, string? title, int width, int height, ChartAxes? axes = null, Action<Plot>? adjust = null)
    {
        EmbeddedFont.EnsureRegistered();
        using var plot = new Plot();
        Style(plot, title, axes ?? ChartAxes.Loss);
        foreach (var trace in Named(traces))
            Add(plot, trace);
        // An empty legend has no size, and the layout around it collapses.
        if (traces.Count > 0)
            AddLegend(plot, isBeside: traces.Count > PlotlyFigure.MostAbove);
        StyleAxes(plot, traces.Count > 0, [.. traces.Where(trace => trace.RightAxis)]);
        adjust?.Invoke(plot);
        using var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Premul);
        using (var canvas = new SKCanvas(bitmap))
            plot.Render(canvas, new PixelRect(0, width, height, 0));
        return IndexedPng.Encode(bitmap, [.. traces.Select(trace => trace.Colour).Append(ChartPalette.Text).Distinct().Select(SKColor.Parse)]);
    }

    private static void Style(Plot plot, string? title, ChartAxes axes)
    {
        var text = Color.FromHex(ChartPalette.Text);
        plot.FigureBackground.Color = Colors.Transparent;
        plot.DataBackground.Color = Colors.Transparent;
        plot.Font.Set(EmbeddedFont.Family);
        plot.Axes.Color(text);
        plot.Grid.MajorLineColor = text.WithAlpha(0.22);
        plot.Axes.Right.IsVisible = false;
        plot.Axes.Top.IsVisible = false;
        plot.XLabel(axes.X, 12);
        plot.YLabel(axes.Y, 12);
        if (title is not null)
            plot.Title(title, 15);
        plot.Axes.Title.Label.ForeColor = text;
        foreach (var axis in new IAxis[] { plot.Axes.Bottom, plot.Axes.Left, plot.Axes.Right })
            axis.Label.Bold = false;
    }

    // A picture cannot scroll: what a legend beside it has no room for is counted, thin lines before the thick one of the best run.
    private static IEnumerable<ChartTrace> Named(IReadOnlyList<ChartTrace> traces)
    {
        if (traces.Count <= PlotlyFigure.MostAbove) return traces;
        var named = traces.OrderByDescending(trace => trace.Width).Take(MostBeside).ToHashSet(ReferenceEqualityComparer.Instance);
        var others = FormattableString.Invariant($"and {traces.Count - named.Count} more");
        return traces.Where(named.Contains).Select(trace => trace with { Name = ShortText.Of(trace.Name, PlotlyFigure.LongestName) })
            .Concat(traces.Where(trace => !named.Contains(trace)).Select((trace, i) => trace with { Name = i == 0 ? others : "" }));
    }

    private static void AddLegend(Plot plot, bool isBeside)
    {
        plot.ShowLegend(isBeside ? Edge.Right : Edge.Top);

        // The legend above has kept room for the half of a number that stands at the axis' end.
        if (isBeside) plot.Axes.Title.MinimumSize = HalfNumber;
        plot.Legend.Orientation = isBeside ? Orientation.Vertical : Orientation.Horizontal;
        plot.Legend.FontName = EmbeddedFont.Family;
        plot.Legend.FontSize = isBeside ? 10 : 12;
        plot.Legend.FontColor = Color.FromHex(ChartPalette.Text);
        plot.Legend.BackgroundColor = Colors.Transparent;
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = Colors.Transparent;
    }

    private static void Add(Plot plot, ChartTrace trace)
    {
        // ScottPlot draws gaps at NaN; an empty scatter is allowed and only names itself in the legend.
        var scatter = plot.Add.Scatter(trace.X.ToArray(), trace.Y.ToArray());
        scatter.LegendText = trace.Name;
        scatter.Color = Color.FromHex(trace.Colour).WithAlpha(trace.Opacity);
        scatter.LineWidth = (float)trace.Width;
        scatter.LinePattern = trace.Dotted ? LinePattern.Dotted : LinePattern.Solid;
        scatter.MarkerSize = trace.Symbol == ChartSymbol.None ? 0 : 8;
        scatter.MarkerShape = trace.Symbol switch
        {
            ChartSymbol.Triangle => MarkerShape.FilledTriangleDown,
            ChartSymbol.Square => MarkerShape.FilledSquare,
            ChartSymbol.Diamond => MarkerShape.FilledDiamond,
            ChartSymbol.Circle => MarkerShape.FilledCircle,
            _ => MarkerShape.None,
        };
        if (trace.RightAxis)
            scatter.Axes.YAxis = plot.Axes.Right;
    }

    private static void StyleAxes(Plot plot, bool hasData, IReadOnlyList<ChartTrace> rates)
    {
        plot.Axes.Margins(0.02, 0.08);
        plot.Axes.AutoScale();
        if (!hasData)
            plot.Axes.SetLimits(0, 1, 0, 1);
        if (rates.Count == 0)
            return;
        plot.Axes.Right.IsVisible = true;
        plot.Axes.Right.Label.Text = "learning rate";
        plot.Axes.Right.Label.FontSize = 12;
        var highest = rates.SelectMany(trace => trace.Y).Max();
        plot.Axes.SetLimitsY(0, highest > 0 ? highest * 1.08 : 1, plot.Axes.Right);
        plot.Axes.Right.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { LabelFormatter = DisplayFormat.LearningRate };
    }
}
