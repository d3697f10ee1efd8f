using System.Text.Json.Nodes;

namespace UniVG.Notebooks.Displays.Charts;

/// <summary>Builds the JSON of a Plotly figure: data, layout and config.</summary>
internal static class PlotlyFigure
{
    /// <summary>How many lines a legend above the chart names; more stand beside it, in a list that scrolls.</summary>
    public const int MostAbove = 8;

    /// <summary>The longest name in a legend beside a chart, in characters.</summary>
    public const int LongestName = 30;

    private const string FontFamily = "Inter, system-ui, -apple-system, Segoe UI, sans-serif";

    /// <summary>Draws traces (at least one: Plotly fails on empty axes), by default over steps, with the learning rates on the right axis.</summary>
    public static JsonObject Create(IReadOnlyList<ChartTrace> traces, string? title, int width, int height, ChartAxes? axes = null) => new()
    {
        ["data"] = new JsonArray([.. traces.Select(trace => Trace(traces.Count > MostAbove ? trace with { Name = ShortText.Of(trace.Name, LongestName) } : trace))]),
        ["layout"] = Layout(title, width, height, traces, axes ?? ChartAxes.Loss),
        ["config"] = new JsonObject
        {
            ["displaylogo"] = false,
            ["modeBarButtonsToRemove"] = new JsonArray("select2d", "lasso2d", "zoomIn2d", "zoomOut2d", "autoScale2d"),
        },
    };

    private static JsonObject Trace(ChartTrace trace)
    {
        var json = new JsonObject
        {
            ["type"] = "scatter",
            ["name"] = trace.Name,
            ["mode"] = trace switch { { Width: 0 } => "markers", { Symbol: ChartSymbol.None } => "lines", _ => "lines+markers" },
            ["x"] = Numbers(trace.X),
            ["y"] = Numbers(trace.Y),
            ["opacity"] = trace.Opacity,
        };
        if (trace.Width > 0)
            json["line"] = new JsonObject { ["color"] = trace.Colour, ["width"] = trace.Width, ["dash"] = trace.Dotted ? "dot" : "solid" };
        if (trace.Symbol != ChartSymbol.None)
            json["marker"] = new JsonObject { ["color"] = trace.Colour, ["size"] = 9, ["symbol"] = SymbolName(trace.Symbol) };
        if (trace.RightAxis)
            json["yaxis"] = "y2";
        if (trace.HoverTexts is { } texts)
        {
            json["text"] = new JsonArray([.. texts.Select(text => JsonValue.Create(PlotlyText(text)))]);
            json["hoverinfo"] = "text+name";
        }

        return json;
    }

    private static string SymbolName(ChartSymbol symbol) => symbol switch
    {
        ChartSymbol.Triangle => "triangle-down",
        ChartSymbol.Square => "square",
        ChartSymbol.Diamond => "diamond",
        _ => "circle",
    };

    /// <summary>Plotly renders a few tags in texts (b, i, a, br), so a user's text loses its angle brackets.</summary>
    private static string PlotlyText(string text) => text.Replace("<", "‹", StringComparison.Ordinal).Replace(">", "›", StringComparison.Ordinal);

    /// <summary>Five significant digits are more than 760 pixels can show; JSON has no NaN, a null is Plotly's gap.</summary>
    private static JsonArray Numbers(IReadOnlyList<double> values)
        => new([.. values.Select(value => double.IsFinite(value) ? JsonValue.Create(Rounded(value)) : null)]);

    private static double Rounded(double value)
    {
        if (value == 0 || value == Math.Floor(value))
            return value;
        var digits = 4 - (int)Math.Floor(Math.Log10(Math.Abs(value)));
        return digits is >= 0 and <= 15 ? Math.Round(value, digits) : value;
    }

    private static JsonObject Layout(string? title, int width, int height, IReadOnlyList<ChartTrace> traces, ChartAxes axes)
    {
        var hasRightAxis = traces.Any(trace => trace.RightAxis);
        var layout = new JsonObject
        {
            ["width"] = width,
            ["height"] = height,
            ["autosize"] = false,
            ["margin"] = new JsonObject { ["l"] = 62, ["r"] = hasRightAxis ? 66 : 20, ["t"] = title is null ? 30 : 64, ["b"] = 50 },
            ["paper_bgcolor"] = "rgba(0,0,0,0)",
            ["plot_bgcolor"] = "rgba(0,0,0,0)",
            ["font"] = new JsonObject { ["family"] = FontFamily, ["size"] = 12, ["color"] = ChartPalette.Text },
            ["hovermode"] = traces.Count > MostAbove ? "closest" : "x unified",
            ["hoverlabel"] = new JsonObject
            {
                ["bgcolor"] = "#2b2f36",
                ["bordercolor"] = "#2b2f36",
                ["font"] = new JsonObject { ["color"] = "#f2f4f7" },
                ["namelength"] = -1,
            },
            // Constant, so that zoom, hidden traces and the log scale survive the live updates.
            ["uirevision"] = "univg",
            ["legend"] = traces.Count > MostAbove
                ? new JsonObject { ["x"] = 1.02, ["y"] = 1, ["yanchor"] = "top", ["bgcolor"] = "rgba(0,0,0,0)", ["font"] = new JsonObject { ["size"] = 10 } }
                : new JsonObject { ["orientation"] = "h", ["x"] = 0, ["y"] = 1.02, ["yanchor"] = "bottom", ["bgcolor"] = "rgba(0,0,0,0)" },
            ["xaxis"] = Axis(axes.X),
            ["yaxis"] = Axis(axes.Y),
            ["updatemenus"] = new JsonArray(ScaleButtons()),
        };
        if (title is not null)
            layout["title"] = new JsonObject { ["text"] = PlotlyText(title), ["x"] = 0.01, ["y"] = 0.97, ["yanchor"] = "top", ["font"] = new JsonObject { ["size"] = 15 } };
        if (hasRightAxis)
            layout["yaxis2"] = RightAxis();
        return layout;
    }

    private static JsonObject Axis(string title) => new()
    {
        ["title"] = new JsonObject { ["text"] = title, ["standoff"] = 8 },
        ["gridcolor"] = ChartPalette.Grid,
        ["linecolor"] = ChartPalette.Text,
        ["zeroline"] = false,
    };

    private static JsonObject RightAxis()
    {
        var axis = Axis("learning rate");
        axis["overlaying"] = "y";
        axis["side"] = "right";
        axis["showgrid"] = false;
        axis["rangemode"] = "tozero";
        axis["tickformat"] = ".3~e";
        return axis;
    }

    private static JsonObject ScaleButtons() => new()
    {
        ["type"] = "buttons",
        ["direction"] = "right",
        // Below the axis, where no legend can grow; the pressed state is the axis itself (Plotly's is white in dark themes too).
        ["showactive"] = false,
        ["x"] = 1,
        ["xanchor"] = "right",
        ["y"] = 0,
        ["yanchor"] = "top",
        ["pad"] = new JsonObject { ["t"] = 22, ["r"] = 0, ["b"] = 0 },
        ["bgcolor"] = "rgba(128,134,145,0.12)",
        ["bordercolor"] = ChartPalette.Grid,
        ["font"] = new JsonObject { ["size"] = 11, ["color"] = ChartPalette.Text },
        ["buttons"] = new JsonArray(ScaleButton("linear"), ScaleButton("log")),
    };

    private static JsonObject ScaleButton(string scale) => new()
    {
        ["label"] = scale + " scale",
        ["method"] = "relayout",
        ["args"] = new JsonArray(new JsonObject { ["yaxis.type"] = scale, ["yaxis.autorange"] = true }),
    };
}
