using UniVG.Finetuning.Training;

namespace UniVG.Notebooks.Displays.Charts;

/// <summary>The arithmetic of loss curves: smoothing, and thinning for display.</summary>
public static class LossCurve
{
    /// <summary>
    /// Exponential moving average with the start-up bias divided out (Kingma and Ba, 2015, section 3), so that the first values
    /// follow the data instead of starting near zero. A value that is not finite leaves the average as it was.
    /// </summary>
    /// <param name="values">The raw losses, in step order.</param>
    /// <param name="smoothing">How much of the past is kept at each step, from 0 (nothing) to below 1.</param>
    public static double[] Smooth(IReadOnlyList<double> values, double smoothing)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfNegative(smoothing);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(smoothing, 1);
        var smoothed = new double[values.Count];
        double average = 0, weight = 0;
        for (var i = 0; i < smoothed.Length; i++)
        {
            if (double.IsFinite(values[i]))
            {
                average = smoothing * average + (1 - smoothing) * values[i];
                weight = smoothing * weight + (1 - smoothing);
            }

            smoothed[i] = weight > 0 ? average / weight : double.NaN;
        }

        return smoothed;
    }

    /// <summary>
    /// Smooths a run's losses. The default strength follows from the planned steps, not from those done, so that the curve's past
    /// does not change while it grows.
    /// </summary>
    /// <param name="history">The steps, in order.</param>
    /// <param name="smoothing">As for <see cref="LossChartOptions.Smoothing"/>.</param>
    public static double[] Smooth(IReadOnlyList<StepReport> history, double? smoothing = null)
    {
        ArgumentNullException.ThrowIfNull(history);
        var planned = history.Count > 0 ? history[^1].TotalSteps : 0;
        var losses = new double[history.Count];
        for (var i = 0; i < losses.Length; i++)
            losses[i] = history[i].Loss;
        return Smooth(losses, smoothing ?? 1 - 1 / Math.Clamp(planned / 20.0, 4, 50));
    }

    /// <summary>
    /// Picks at most <paramref name="limit"/> positions that keep a curve's shape: the first, the last, and the lowest and highest
    /// of each stretch between, so that no spike is lost.
    /// </summary>
    /// <param name="values">The curve, in step order.</param>
    /// <param name="limit">The most positions to return, at least 4.</param>
    /// <returns>Positions in <paramref name="values"/>, ascending.</returns>
    public static int[] Thin(IReadOnlyList<double> values, int limit)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 4);
        if (values.Count <= limit)
            return [.. Enumerable.Range(0, values.Count)];
        var stretches = (limit - 2) / 2;
        List<int> picked = [0];
        for (var stretch = 0; stretch < stretches; stretch++)
        {
            var start = (int)((long)values.Count * stretch / stretches);
            var end = (int)((long)values.Count * (stretch + 1) / stretches);
            var (lowest, highest) = Extremes(values, start, end);
            picked.Add(Math.Min(lowest, highest));
            picked.Add(Math.Max(lowest, highest));
        }

        picked.Add(values.Count - 1);
        return [.. picked.Distinct()];
    }

    private static (int Lowest, int Highest) Extremes(IReadOnlyList<double> values, int start, int end)
    {
        var (lowest, highest) = (start, start);
        for (var i = start; i < end; i++)
        {
            // A gap (NaN) compares false both ways and is never picked unless it starts the stretch.
            if (values[i] < values[lowest] || double.IsNaN(values[lowest]))
                lowest = i;
            if (values[i] > values[highest] || double.IsNaN(values[highest]))
                highest = i;
        }

        return (lowest, highest);
    }
}
