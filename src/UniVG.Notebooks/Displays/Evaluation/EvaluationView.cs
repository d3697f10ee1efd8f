using System.Globalization;
using UniVG.Finetuning.Evaluation;
using UniVG.Finetuning.Evaluation.Vessels;
using UniVG.Notebooks.Displays.Charts;
using UniVG.Notebooks.Displays.Images;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Displays.Evaluation;

/// <summary>Shows an evaluation: the figures, examples, the vessels' widths, and the samples most like a training picture.</summary>
public static class EvaluationView
{
    private const int Pairs = 6;

    /// <summary>Shows an evaluation.</summary>
    public static MimeBundle Create(ModelEvaluation evaluation)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        var (card, examples, layout) = (Figures(evaluation), Examples(evaluation), ExampleLayout(evaluation));
        var html = card.ToHtml() + ImageGrid.Html(examples, layout) + Widths(evaluation);
        var text = card.ToText();
        if (evaluation.Samples.Memorisation is { } memorisation)
        {
            var (pairs, pairLayout) = ClosestPairs(memorisation);
            var note = string.Create(
                CultureInfo.InvariantCulture,
                $"Distance 0 is a copy, below {memorisation.Threshold:0.00} is near, as {100 * memorisation.Quantile:0.#} % of the real pictures are; the median is {memorisation.MedianDistance:0.00} of the samples, {memorisation.MedianHeldOutDistance:0.00} of the real pictures.");
            html += ImageGrid.Html(pairs, pairLayout) + $"<p class=\"univg-note\">{Style.Encode(note)}</p>";
            text += $"\n\n{ImageGrid.Text(pairs, pairLayout)}\n{note}";
        }

        return new MimeBundle(text).WithHtml(Style.Wrap(html)).WithPng(ContactSheet.Draw(examples, layout));
    }

    /// <summary>The figures, each with its 95 % interval.</summary>
    internal static Card Figures(ModelEvaluation evaluation)
    {
        SampleEvaluation[] sets = [.. new[] { evaluation.Base, evaluation.Samples, evaluation.Training }.OfType<SampleEvaluation>()];
        return new Card(Title(evaluation))
        {
            Tables =
            [
                new Table(
                    [new("95 % interval in brackets"), .. sets.Select(s => new TableColumn(s.Name, true)), new("real pictures", true)],
                    [
                        Row("Fréchet distance", sets, s => Text(s.Frechet, 1), ""),
                        Row("kernel distance", sets, s => Text(s.Kernel, 2), ""),
                        Row("vessels, % of the picture", sets, s => Percent(s.Vessels.Density), Percent(evaluation.RealVessels.Density)),
                        Row("vessel width, % of the side", sets, s => Percent(s.Vessels.MeanWidth), Percent(evaluation.RealVessels.MeanWidth)),
                        Row("branch points a picture", sets, s => Text(s.Vessels.BranchPoints, 1), Text(evaluation.RealVessels.BranchPoints, 1)),
                        .. sets.Any(s => s.Memorisation is not null)
                            ? new[]
                            {
                                Row("near a training picture, %", sets, s => s.Memorisation is { } m ? Percent(m.Share) : "", Expected(evaluation)),
                                Row("copies of training pictures", sets, s => s.Memorisation?.Copies.ToString(CultureInfo.InvariantCulture) ?? "", "0"),
                            }
                            : [],
                        Row("pictures", sets, s => s.Count.ToString(CultureInfo.InvariantCulture), evaluation.RealCount.ToString(CultureInfo.InvariantCulture)),
                    ]),
            ],
            Warnings = [.. evaluation.Warnings, .. evaluation.MemorisationWarning is { } warning ? [warning] : Array.Empty<string>()],
            Notes =
            [
                "Smaller distances are better; 0 means that the features cannot tell samples from real pictures. They are features of univg-tiny's "
                + "own encoder at its size, so they compare runs with each other, not with published FID or KID. The Fréchet distance is too large for few "
                + "pictures, the kernel distance is not."
                + (evaluation.Training is null ? "" : " The training pictures' column is what samples without any fault would reach."),
            ],
        };
    }

    private static string Title(ModelEvaluation evaluation)
    {
        var what = evaluation.Adapter is { } adapter ? $"{adapter} on {evaluation.Model}" : evaluation.Model;
        var step = evaluation.Step > 0 ? FormattableString.Invariant($", step {evaluation.Step}") : "";
        return $"{what}{step}: “{ShortText.Of(evaluation.Request.Prompt)}” against {evaluation.Folder}";
    }

    private static string[] Row(string name, IEnumerable<SampleEvaluation> sets, Func<SampleEvaluation, string> text, string real) =>
        [name, .. sets.Select(text), real];

    private static string Expected(ModelEvaluation evaluation) => evaluation.Samples.Memorisation is { } m
        ? string.Create(CultureInfo.InvariantCulture, $"{100 * m.Quantile:0.#}") : "";

    private static string Percent(Estimate estimate) => Text(new Estimate(100 * estimate.Value, 100 * estimate.Low, 100 * estimate.High), 1);

    private static string Text(Estimate estimate, int digits)
    {
        var format = digits == 1 ? "0.0" : "0.00";
        string Number(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        return double.IsNaN(estimate.Value) ? "–" : $"{Number(estimate.Value)} [{Number(estimate.Low)}, {Number(estimate.High)}]";
    }

    private static GridImage[] Examples(ModelEvaluation evaluation)
    {
        var rows = new[] { evaluation.RealExamples, evaluation.Base?.Examples, evaluation.Samples.Examples }.OfType<IReadOnlyList<Diffusion.Images.RgbImage>>().ToArray();
        var names = ExampleLayout(evaluation).RowTitles;
        return [.. rows.SelectMany((row, r) => row.Select((image, i) => new GridImage(TinyFeatures.ToSquare(image, Math.Min(image.Width, image.Height)), "", $"{names[r]}, picture {i + 1}")))];
    }

    private static ImageGridOptions ExampleLayout(ModelEvaluation evaluation) => new()
    {
        Columns = evaluation.RealExamples.Count,
        RowTitles = [.. new[] { "real", evaluation.Base?.Name, evaluation.Samples.Name }.OfType<string>()],
        EmbeddedSide = 96,
    };

    private static (GridImage[] Images, ImageGridOptions Options) ClosestPairs(Memorisation memorisation)
    {
        var pairs = memorisation.Closest.Take(Pairs).ToArray();
        string Distance(ClosestPair pair) => string.Create(CultureInfo.InvariantCulture, $"{pair.Distance:0.00}{(pair.Distance < memorisation.Threshold ? " near" : "")}");
        return (
            [
                .. pairs.Select(pair => new GridImage(pair.Sample, "", $"sample {pair.SampleIndex + 1}")),
                .. pairs.Select(pair => new GridImage(pair.Training, Distance(pair), $"training picture {pair.TrainingIndex + 1}, distance {Distance(pair)}")),
            ],
            new ImageGridOptions
            {
                Title = "Samples most like a training picture",
                Columns = pairs.Length,
                RowTitles = ["sample", "training picture"],
                EmbeddedSide = 96,
            });
    }

    private static string Widths(ModelEvaluation evaluation)
    {
        double[] x = [.. Enumerable.Range(0, VesselSummary.Bins).Select(bin => 100 * (bin + 0.5) * VesselSummary.BinWidth)];
        ChartTrace Line(string name, VesselSummary vessels, string colour, bool dotted) =>
            new(name, x, [.. vessels.WidthHistogram.Select(share => 100 * share)], colour) { Width = 2, Dotted = dotted, Symbol = dotted ? ChartSymbol.None : ChartSymbol.Circle };
        ChartTrace[] traces =
        [
            Line("real pictures", evaluation.RealVessels, ChartPalette.Runs[2], dotted: false),
            .. evaluation.Base is { } model ? [Line(model.Name, model.Vessels, ChartPalette.Text, dotted: true)] : Array.Empty<ChartTrace>(),
            Line(evaluation.Samples.Name, evaluation.Samples.Vessels, ChartPalette.Runs[0], dotted: false),
        ];
        return "<p class=\"univg-title\">Vessel widths</p>" + LineChart.Html(
            traces, new ChartAxes("width, % of the picture's side", "% of the vessels' length"),
            "Share of the vessels' length by width, of real pictures and samples", out _);
    }
}
