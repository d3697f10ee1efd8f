using System.Globalization;
using UniVG.Notebooks.Displays.Charts;
using UniVG.Notebooks.Displays.Images;
using UniVG.Notebooks.Exploration;
using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Displays.Exploration;

/// <summary>Shows runs side by side: one chart, one table with the settings that differ, one row of pictures each.</summary>
public static class ComparisonView
{
    private static readonly string[] Criterion = ["The best run is the one with the lowest validation loss."];

    /// <summary>Shows a comparison.</summary>
    public static MimeBundle Create(RunComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        var title = string.Create(CultureInfo.InvariantCulture, $"{comparison.Runs.Count} runs compared");
        var card = new Card(title) { Tables = [Figures(comparison)], Notes = [.. comparison.Best is null ? [] : Criterion, .. comparison.Notes] };
        var curves = comparison.Runs.Where(run => run.Steps.Count > 0).Select(run => new RunCurve(run.Name, run.Steps, run == comparison.Best)).ToList();
        var (text, html) = (card.ToText(), card.ToHtml());
        byte[]? png = null;
        if (curves.Count > 0)
        {
            text += "\n\n" + LossChart.Compare(curves).PlainText;
            html = LineChart.Html([.. LossTraces.OfRuns(curves, smoothing: null), .. Validation(comparison)], ChartAxes.Loss, "Smoothed loss of the runs over their steps", out png) + html;
        }

        if (comparison.Samples.Count > 0)
        {
            var (images, options) = Grid(comparison);
            text += "\n\n" + ImageGrid.Text(images, options);
            html += ImageGrid.Html(images, options);
        }

        var bundle = new MimeBundle(text).WithHtml(Style.Wrap(html));
        return png is null ? bundle : bundle.WithPng(png);
    }

    /// <summary>One row a run: the settings that differ, then its figures.</summary>
    public static Table Figures(RunComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        var differing = RunSettings.Differing([.. comparison.Runs.Select(run => run.Definition)]);
        var hasValidation = comparison.Runs.Any(run => run.ValidationLoss is not null);
        return new Table(
            [
                new("run"), .. differing.Select(setting => new TableColumn(setting.Key, setting.Value.All(IsNumber))), new("taken", Numeric: true),
                new("loss, last 50", Numeric: true), .. hasValidation ? [new TableColumn("validation", Numeric: true)] : Array.Empty<TableColumn>(),
            ],
            [
                .. comparison.Runs.Select((run, i) => (string[])
                    [
                        run.Name, .. differing.Select(setting => setting.Value[i]), run.Step.ToString(CultureInfo.InvariantCulture), DisplayFormat.Loss(run.MeanLoss),
                        .. hasValidation ? [run.ValidationLoss is { } loss ? DisplayFormat.Loss(loss) : "–"] : Array.Empty<string>(),
                    ]),
            ])
        {
            HighlightedRow = comparison.Best is { } best ? comparison.Runs.TakeWhile(run => run != best).Count() : null,
        };
    }

    private static bool IsNumber(string text) => text.Length == 0 || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    // In its run's colour, dotted, so that the legend needs no second entry for it to be understood.
    private static IEnumerable<ChartTrace> Validation(RunComparison comparison) => comparison.Runs.Where(run => run.Steps.Count > 0)
        .Select((run, i) => (Run: run, Colour: ChartPalette.Runs[i % ChartPalette.Runs.Count])).Where(shown => shown.Run.Validation.Count > 1)
        .Select(shown => new ChartTrace(
            $"{shown.Run.Name}, validation", [.. shown.Run.Validation.Select(point => (double)point.Step)], [.. shown.Run.Validation.Select(point => point.Loss)], shown.Colour)
        {
            Width = 1.5,
            Dotted = true,
            Symbol = ChartSymbol.Circle,
        });

    private static (IReadOnlyList<GridImage> Images, ImageGridOptions Options) Grid(RunComparison comparison)
    {
        var (request, count) = (comparison.Request!, comparison.Samples[0].Images.Count);
        var images = comparison.Samples.SelectMany(row => row.Images.Select(
            (image, i) => new GridImage(image, "", $"{row.Run ?? "without adapter"}: {request.Prompt}, seed {Seed(i)}"))).ToList();
        return (images, new ImageGridOptions
        {
            Title = $"“{request.Prompt}”",
            RowTitles = [.. comparison.Samples.Select(row => row.Run is null ? "without adapter" : FormattableString.Invariant($"{row.Run}, step {row.Step}"))],
            ColumnTitles = [.. Enumerable.Range(0, count).Select(i => $"seed {Seed(i)}")],
        });

        string Seed(int index) => (request.Seed + index).ToString(CultureInfo.InvariantCulture);
    }
}
