using System.Globalization;
using System.Text.Json.Nodes;
using ScottPlot;
using UniVG.Notebooks.Displays.Charts;
using UniVG.Notebooks.Exploration.Sweeps;

namespace UniVG.Notebooks.Displays.Exploration;

/// <summary>
/// The runs of a sweep as lines from setting to setting to what came of them (parallel coordinates, Inselberg 1985): one vertical axis for
/// each setting, its values at even distances, and one for the criterion. The best run is drawn thick.
/// </summary>
internal static class ParallelCoordinates
{
    private const int CriterionTicks = 5;

    /// <summary>The chart's HTML inside another display, without the style sheet; null where fewer than two runs have a value.</summary>
    /// <param name="result">The sweep.</param>
    /// <param name="png">The chart as a picture.</param>
    public static string? Html(SweepResult result, out byte[] png)
    {
        png = [];
        var runs = result.Runs.Where(one => one.Outcome?.By(result.Criterion) is not null).ToList();
        if (runs.Count < 2 || result.Axes.Count == 0) return null;
        List<Axis> axes =
        [
            .. result.Axes.Select((name, i) => SettingAxis(name, [.. runs.Select(one => one.Run.Values[i].Value)]))
                .Aggregate(new List<Axis>(), (kept, axis) => kept.Exists(axis.Follows) ? kept : [.. kept, axis]),
            CriterionAxis(SweepView.NameOf(result.Criterion), [.. runs.Select(one => one.Outcome!.By(result.Criterion)!.Value)], result.Criterion),
        ];
        var (best, colours) = (result.Best?.Run, axes[0].Ticks.Select(tick => tick.Position).ToList());
        var traces = runs.Select((one, run) => new ChartTrace(
            one.Run == best ? $"{one.Run.Name} (best)" : one.Run.Name,
            [.. axes.Select((_, i) => (double)i)], [.. axes.Select(axis => axis.Positions[run])],
            ChartPalette.Runs[colours.IndexOf(axes[0].Positions[run]) % ChartPalette.Runs.Count])
        {
            Width = one.Run == best ? 4 : 1.5,
            Opacity = one.Run == best ? 1 : 0.7,
            Symbol = ChartSymbol.Circle,
            HoverTexts = [.. axes.Select(axis => $"{axis.Name} {axis.Texts[run]}")],
        }).ToList();
        var size = (LossChart.Width, LossChart.Height);
        png = ChartPicture.Render(traces, title: null, size.Width, size.Height, new ChartAxes("", ""), plot => Label(plot, axes));
        var figure = PlotlyFigure.Create(traces, title: null, size.Width, size.Height, new ChartAxes("", ""));
        Label(figure["layout"]!.AsObject(), axes);
        var alt = $"Lines from {string.Join(", ", axes.Select(axis => axis.Name))} of each run";
        var picture = $"""<img src="data:image/png;base64,{Convert.ToBase64String(png)}" width="{size.Width}" height="{size.Height}" alt="{Style.Encode(alt)}" />""";
        return PlotlyElement.Interactive(LossChartOptions.NewId(), figure, picture, size.Width, size.Height, live: false);
    }

    private static Axis SettingAxis(string name, IReadOnlyList<string> values)
    {
        var different = values.Distinct().ToList();
        if (different.All(value => Number(value) is not null)) different = [.. different.OrderBy(Number)];
        double Position(string value) => different.Count == 1 ? 0.5 : different.IndexOf(value) / (double)(different.Count - 1);
        return new Axis(name, [.. values.Select(Position)], values, [.. different.Select(value => (Position(value), value))]);
    }

    private static Axis CriterionAxis(string name, IReadOnlyList<double> values, SweepCriterion criterion)
    {
        var (low, high) = (values.Min(), values.Max());
        double Position(double value) => high > low ? (value - low) / (high - low) : 0.5;
        var ticks = high > low ? Enumerable.Range(0, CriterionTicks).Select(i => low + ((high - low) * i / (CriterionTicks - 1))) : [low];
        return new Axis(name, [.. values.Select(Position)], [.. values.Select(value => SweepView.Text(value, criterion))], [.. ticks.Select(tick => (Position(tick), SweepView.Text(tick, criterion)))]);
    }

    private static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static void Label(Plot plot, IReadOnlyList<Axis> axes)
    {
        var colour = Color.FromHex(ChartPalette.Text);
        foreach (var legend in plot.Axes.GetPanels().OfType<ScottPlot.Panels.LegendPanel>().ToList()) plot.Axes.Remove(legend);
        plot.Axes.Left.IsVisible = false;
        plot.Grid.YAxisStyle.IsVisible = false;
        plot.Axes.SetLimits(-0.15, axes.Count - 1 + 0.35, -0.08, 1.1);
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual([.. axes.Select((_, i) => (double)i)], [.. axes.Select(axis => axis.Name)]);
        plot.Axes.Bottom.TickLabelStyle.FontSize = 13;
        for (var i = 0; i < axes.Count; i++)
        {
            var line = plot.Add.Line(i, 0, i, 1);
            (line.Color, line.LineWidth, line.MarkerSize) = (colour, 1, 0);
            foreach (var (position, text) in axes[i].Ticks)
            {
                var label = plot.Add.Text(text, i, position);
                (label.LabelFontColor, label.LabelFontSize, label.LabelFontName, label.OffsetX) = (colour, 12, EmbeddedFont.Family, 8);
                label.LabelAlignment = Alignment.MiddleLeft;
            }
        }
    }

    private static void Label(JsonObject layout, IReadOnlyList<Axis> axes)
    {
        layout["showlegend"] = false;
        layout["hovermode"] = "closest";
        layout["updatemenus"] = new JsonArray();
        var (x, y) = (layout["xaxis"]!.AsObject(), layout["yaxis"]!.AsObject());
        x["tickvals"] = new JsonArray([.. axes.Select((_, i) => JsonValue.Create(i))]);
        x["ticktext"] = new JsonArray([.. axes.Select(axis => JsonValue.Create(axis.Name))]);
        x["range"] = new JsonArray(-0.15, axes.Count - 1 + 0.35);
        x["gridcolor"] = ChartPalette.Text;
        x["tickfont"] = new JsonObject { ["size"] = 13 };
        y["visible"] = false;
        y["range"] = new JsonArray(-0.08, 1.1);
        layout["margin"] = new JsonObject { ["l"] = 20, ["r"] = 20, ["t"] = 30, ["b"] = 40 };
        layout["annotations"] = new JsonArray(
        [
            .. axes.SelectMany((axis, i) => axis.Ticks.Select(tick => new JsonObject
            {
                ["x"] = i,
                ["y"] = tick.Position,
                ["text"] = tick.Text,
                ["showarrow"] = false,
                ["xanchor"] = "left",
                ["xshift"] = 8,
            })),
        ]);
    }

    // Positions and texts of each run, and the places that are named.
    private sealed record Axis(string Name, IReadOnlyList<double> Positions, IReadOnlyList<string> Texts, IReadOnlyList<(double Position, string Text)> Ticks)
    {
        // An alpha of half the dim in every run would only repeat the axis of dims.
        public bool Follows(Axis earlier) => earlier.Positions.Zip(Texts).GroupBy(run => run.First).All(alike => alike.Select(run => run.Second).Distinct().Count() == 1);
    }
}
