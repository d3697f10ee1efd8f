namespace UniVG.Notebooks.Displays.Charts;

/// <summary>Lines over any axes, to be kept: interactive where the page allows it, a picture everywhere else.</summary>
internal static class LineChart
{
    /// <summary>The chart's HTML inside another display, without the style sheet.</summary>
    /// <param name="traces">At least one line.</param>
    /// <param name="axes">What it measures.</param>
    /// <param name="alt">What a reader who cannot see it is told.</param>
    /// <param name="png">The chart as a picture.</param>
    public static string Html(IReadOnlyList<ChartTrace> traces, ChartAxes axes, string alt, out byte[] png)
    {
        png = ChartPicture.Render(traces, title: null, LossChart.Width, LossChart.Height, axes);
        var picture = $"""<img src="data:image/png;base64,{Convert.ToBase64String(png)}" width="{LossChart.Width}" height="{LossChart.Height}" alt="{Style.Encode(alt)}" />""";
        return PlotlyElement.Interactive(
            LossChartOptions.NewId(), PlotlyFigure.Create(traces, title: null, LossChart.Width, LossChart.Height, axes), picture, LossChart.Width, LossChart.Height, live: false);
    }
}
