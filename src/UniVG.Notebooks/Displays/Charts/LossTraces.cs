using UniVG.Finetuning.Training;

namespace UniVG.Notebooks.Displays.Charts;

/// <summary>Turns histories into the traces of a chart, thinned so that a chart of any length stays small.</summary>
internal static class LossTraces
{
    private const int RawPoints = 500;
    private const int SmoothedPoints = 250;
    private const int LearningRatePoints = 100;

    /// <summary>The traces of one run: raw, smoothed (as given), validation, learning rates, marks.</summary>
    public static IReadOnlyList<ChartTrace> OfRun(IReadOnlyList<StepReport> history, double[] smoothed, LossChartOptions options)
    {
        if (history.Count == 0)
            return [];
        var losses = history.Select(report => report.Loss).ToArray();
        List<ChartTrace> traces =
        [
            Thinned("loss", history, losses, ChartPalette.Loss, RawPoints) with { Width = 1, Opacity = 0.45 },
            Thinned("smoothed", history, smoothed, ChartPalette.Loss, SmoothedPoints) with { Width = 2.5 },
        ];
        if (options.Validation.Count > 0)
            traces.Add(Validation(options.Validation));
        traces.AddRange(LearningRates(history));
        traces.AddRange(Marks(history, smoothed, options.Markers));
        return traces;
    }

    /// <summary>One smoothed curve for each run.</summary>
    public static IReadOnlyList<ChartTrace> OfRuns(IReadOnlyList<RunCurve> runs, double? smoothing)
    {
        var limit = Math.Max(60, 1000 / Math.Max(1, runs.Count));
        return [.. runs.Select((run, index) => Thinned(
            run.Best ? run.Name + " (best)" : run.Name,
            run.History,
            LossCurve.Smooth(run.History, smoothing),
            ChartPalette.Runs[index % ChartPalette.Runs.Count],
            Math.Min(limit, SmoothedPoints)) with
        {
            Width = run.Best ? 3.5 : 1.75,
            Dotted = index >= ChartPalette.Runs.Count,
        })];
    }

    private static ChartTrace Thinned(
        string name, IReadOnlyList<StepReport> history, double[] values, string colour, int limit)
    {
        var kept = LossCurve.Thin(values, limit);
        return new ChartTrace(name, [.. kept.Select(i => (double)history[i].Step)], [.. kept.Select(i => values[i])], colour)
        {
            // One point is no line.
            Symbol = kept.Length == 1 ? ChartSymbol.Circle : ChartSymbol.None,
        };
    }

    private static ChartTrace Validation(IReadOnlyList<ValidationPoint> points)
    {
        var losses = points.Select(point => point.Loss).ToArray();
        var kept = LossCurve.Thin(losses, LearningRatePoints);
        return new ChartTrace(
            "validation", [.. kept.Select(i => (double)points[i].Step)], [.. kept.Select(i => losses[i])], ChartPalette.Validation)
        {
            Width = 2,
            Symbol = ChartSymbol.Circle,
        };
    }

    private static IEnumerable<ChartTrace> LearningRates(IReadOnlyList<StepReport> history)
    {
        var hasTextRate = history.Any(report => report.TextEncoderLearningRate > 0
            && report.TextEncoderLearningRate != report.LearningRate);
        yield return Rate(hasTextRate ? "lr UNet" : "learning rate", history, report => report.LearningRate);
        if (hasTextRate)
            yield return Rate("lr text encoder", history, report => report.TextEncoderLearningRate) with { Opacity = 0.65 };
    }

    private static ChartTrace Rate(string name, IReadOnlyList<StepReport> history, Func<StepReport, double> rate)
        => Thinned(name, history, [.. history.Select(rate)], ChartPalette.LearningRate, LearningRatePoints) with
        {
            Width = 1.5,
            Dotted = true,
            RightAxis = true,
        };

    private static IEnumerable<ChartTrace> Marks(
        IReadOnlyList<StepReport> history, double[] smoothed, IReadOnlyList<ChartMarker> markers)
    {
        foreach (var group in markers.GroupBy(marker => marker.Kind).OrderBy(group => group.Key))
        {
            var shown = group.TakeLast(LearningRatePoints).ToList();
            var (name, symbol) = group.Key switch
            {
                ChartMarkerKind.Sample => ("samples", ChartSymbol.Triangle),
                ChartMarkerKind.Save => ("saved", ChartSymbol.Square),
                _ => ("changed", ChartSymbol.Diamond),
            };
            yield return new ChartTrace(
                name,
                [.. shown.Select(marker => (double)marker.Step)],
                [.. shown.Select(marker => ValueAt(history, smoothed, marker.Step))],
                ChartPalette.Marker)
            {
                Width = 0,
                Symbol = symbol,
                HoverTexts = [.. shown.Select(marker => marker.Label ?? $"step {marker.Step}")],
            };
        }
    }

    private static double ValueAt(IReadOnlyList<StepReport> history, double[] smoothed, int step)
    {
        // Histories are in step order, and dense: the guess is right unless the run was resumed without its first steps.
        var guess = Math.Clamp(step - history[0].Step, 0, smoothed.Length - 1);
        while (guess > 0 && history[guess].Step > step)
            guess--;
        return smoothed[guess];
    }
}
