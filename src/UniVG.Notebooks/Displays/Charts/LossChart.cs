using UniVG.Finetuning.Training;
using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Displays.Charts;

/// <summary>The loss curve: raw and smoothed loss, validation loss, learning rates, and where samples and saves happened.</summary>
public static class LossChart
{
    /// <summary>The width of every chart in pixels: it fits a notebook cell.</summary>
    public const int Width = 760;

    /// <summary>The height of every chart in pixels; constant, so that live updates never move the page.</summary>
    public const int Height = 340;

    /// <summary>The chart of one run, to be kept: interactive where the page allows it, a picture everywhere else.</summary>
    public static MimeBundle Create(IReadOnlyList<StepReport> history, LossChartOptions? options = null)
    {
        options ??= new LossChartOptions();
        var smoothed = LossCurve.Smooth(history, options.Smoothing);
        return Bundle(LossTraces.OfRun(history, smoothed, options), Describe(history, smoothed, options), options);
    }

    /// <summary>The smoothed curves of several runs over each other.</summary>
    public static MimeBundle Compare(IReadOnlyList<RunCurve> runs, LossChartOptions? options = null)
    {
        options ??= new LossChartOptions();
        return Bundle(LossTraces.OfRuns(runs, options.Smoothing), Describe(runs, options.Smoothing), options);
    }

    /// <summary>The chart's HTML inside another display (without the style sheet), to be kept.</summary>
    internal static string FinalHtml(
        IReadOnlyList<StepReport> history, double[] smoothed, string description, LossChartOptions options, out byte[] png)
    {
        var traces = LossTraces.OfRun(history, smoothed, options);
        png = ChartPicture.Render(traces, options.Title, Width, Height);
        return Html(traces, png, description, options);
    }

    /// <summary>The chart's HTML while training goes on: no picture is drawn, and a graph already on the page is reused.</summary>
    internal static string LiveHtml(IReadOnlyList<StepReport> history, double[] smoothed, string description, LossChartOptions options)
    {
        var fallback = $"""<pre class="univg-spark">{Style.Encode(description)}</pre>""";
        if (!options.Interactive || history.Count == 0)
            return PlotlyElement.Static(fallback, Width, Height);
        var figure = PlotlyFigure.Create(LossTraces.OfRun(history, smoothed, options), options.Title, Width, Height);
        return PlotlyElement.Interactive(options.Id, figure, fallback, Width, Height, live: true);
    }

    /// <summary>The text twin: the range of the smoothed loss, and the curve as a line of blocks.</summary>
    internal static string Describe(IReadOnlyList<StepReport> history, double[] smoothed, LossChartOptions options)
    {
        if (history.Count == 0)
            return "The loss curve starts with the first step.";
        var text = $"Loss over steps {history[0].Step}–{history[^1].Step}, smoothed: "
            + $"{DisplayFormat.Loss(smoothed[0])} → {DisplayFormat.Loss(smoothed[^1])}\n{Sparkline.Draw(smoothed)}";
        return options.Validation.Count == 0
            ? text
            : $"{text}\nvalidation loss: {DisplayFormat.Loss(options.Validation[0].Loss)} → {DisplayFormat.Loss(options.Validation[^1].Loss)}";
    }

    private static string Describe(IReadOnlyList<RunCurve> runs, double? smoothing)
    {
        var width = runs.Select(run => run.Name.Length).DefaultIfEmpty(0).Max();
        return string.Join('\n', runs.Select(run =>
        {
            var smoothed = LossCurve.Smooth(run.History, smoothing);
            var last = smoothed.Length > 0 ? DisplayFormat.Loss(smoothed[^1]) : "no steps";
            return $"{run.Name.PadRight(width)}  {last}  {Sparkline.Draw(smoothed, 40)}{(run.Best ? "  best" : "")}";
        }).Prepend("Smoothed loss of each run:"));
    }

    private static MimeBundle Bundle(IReadOnlyList<ChartTrace> traces, string description, LossChartOptions options)
    {
        var png = ChartPicture.Render(traces, options.Title, Width, Height);
        var bundle = new MimeBundle(options.Title is null ? description : options.Title + "\n" + description)
            .WithHtml(Style.Wrap(Html(traces, png, description, options)))
            .WithPng(png);
        return traces.Count == 0 ? bundle : bundle.WithPlotly(PlotlyFigure.Create(traces, options.Title, Width, Height));
    }

    private static string Html(IReadOnlyList<ChartTrace> traces, byte[] png, string description, LossChartOptions options)
    {
        var alt = Style.Encode(description.Split('\n')[0]);
        var picture = $"""<img src="data:image/png;base64,{Convert.ToBase64String(png)}" width="{Width}" height="{Height}" alt="{alt}" />""";
        return options.Interactive && traces.Count > 0
            ? PlotlyElement.Interactive(
                options.Id, PlotlyFigure.Create(traces, options.Title, Width, Height), picture, Width, Height, live: false)
            : PlotlyElement.Static(picture, Width, Height);
    }
}
