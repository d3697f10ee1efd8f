using System.Globalization;
using UniVG.Finetuning.Evaluation;
using UniVG.Notebooks.Displays.Charts;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Displays.Evaluation;

/// <summary>Several evaluations: the kernel distance over the steps of each adapter, and all figures in a table.</summary>
public static class EvaluationCurve
{
    /// <summary>Shows evaluations of one folder of real pictures, in the order in which they were made.</summary>
    public static MimeBundle Create(IReadOnlyList<ModelEvaluation> evaluations)
    {
        ArgumentNullException.ThrowIfNull(evaluations);
        var table = Figures(evaluations);
        var traces = Traces(evaluations);
        if (traces.Count == 0) return table.ToBundle();
        var chart = LineChart.Html(
            traces, new ChartAxes("step", "kernel distance"),
            "Kernel distance to the real pictures over the steps of each adapter", out var png);
        return new MimeBundle(table.ToText()).WithHtml(Style.Wrap($"<p class=\"univg-title\">Kernel distance to the real pictures</p>{chart}{table.ToHtml()}")).WithPng(png);
    }

    /// <summary>The figures, one line an evaluation.</summary>
    public static Table Figures(IReadOnlyList<ModelEvaluation> evaluations)
    {
        ArgumentNullException.ThrowIfNull(evaluations);
        return new Table(
            [new("adapter"), new("step", true), new("kernel distance", true), new("of base", true), new("Fréchet", true), new("near training", true)],
            [.. evaluations.Select(e => new[]
            {
                e.Adapter ?? "none",
                e.Step.ToString(CultureInfo.InvariantCulture),
                Text(e.Samples.Kernel.Value, "0.00"),
                BaseOf(e, evaluations) is { } model ? Text(e.Samples.Kernel.Value / model.Kernel.Value, "0 %") : "",
                Text(e.Samples.Frechet.Value, "0.0"),
                e.Samples.Memorisation is { } m ? Text(m.Share.Value, "0 %") : "",
            })]);
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static List<ChartTrace> Traces(IReadOnlyList<ModelEvaluation> evaluations)
    {
        var runs = evaluations.Where(e => e.Adapter is not null && (e.Run is not null || e.Step > 0)).GroupBy(e => (e.Adapter, e.Run)).ToArray();
        var traces = runs.Select((group, i) =>
        {
            var (adapter, twice) = (group.Key.Adapter!, runs.Count(other => other.Key.Adapter == group.Key.Adapter) > 1);
            var points = group.OrderBy(e => e.Step).Select(e => (Step: (double)e.Step, e.Samples.Kernel.Value)).ToList();

            // An adapter begins without any effect.
            if (points[0].Step > 0 && BaseOf(group.First(), evaluations) is { } untrained) points.Insert(0, (0, untrained.Kernel.Value));
            return new ChartTrace(
                twice ? $"{adapter}, run {i + 1}" : adapter, [.. points.Select(p => p.Step)], [.. points.Select(p => p.Value)], ChartPalette.Runs[i % ChartPalette.Runs.Count])
            {
                Width = 2,
                Symbol = ChartSymbol.Circle,
            };
        }).ToList();
        double[] ends = [0, evaluations.Select(e => e.Step).DefaultIfEmpty(0).Max()];
        ChartTrace Level(string name, Estimate value, string colour) => new(name, ends, [value.Value, value.Value], colour) { Width = 2, Dotted = true };
        if (traces.Count > 0 && evaluations.Select(e => BaseOf(e, evaluations)).OfType<SampleEvaluation>().FirstOrDefault() is { } model)
            traces.Add(Level("base model", model.Kernel, ChartPalette.Text));
        if (traces.Count > 0 && evaluations.Select(e => e.Training).OfType<SampleEvaluation>().FirstOrDefault() is { } training)
            traces.Add(Level("training pictures", training.Kernel, ChartPalette.Validation));
        return traces;
    }

    // The base model is evaluated once, with --compare or before an adapter is attached, for all evaluations of the same folder and prompt.
    private static SampleEvaluation? BaseOf(ModelEvaluation evaluation, IReadOnlyList<ModelEvaluation> all) => evaluation.Base ?? all
        .Where(e => e.Folder == evaluation.Folder && e.Model == evaluation.Model && e.Request == evaluation.Request)
        .Select(e => e.Adapter is null ? e.Samples : e.Base).FirstOrDefault(b => b is not null);
}
