namespace UniVG.Notebooks.Displays.Charts;

/// <summary>A curve in one line of text, for terminals, logs and pages without scripts.</summary>
public static class Sparkline
{
    private const string Levels = "▁▂▃▄▅▆▇█";

    /// <summary>Draws at most <paramref name="width"/> characters, each the mean of its stretch; values that are not finite are left out.</summary>
    public static string Draw(IReadOnlyList<double> values, int width = 60)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        var finite = values.Where(double.IsFinite).ToArray();
        if (finite.Length == 0)
            return "";
        var columns = Math.Min(width, finite.Length);
        var means = Enumerable.Range(0, columns).Select(column => Mean(finite, column, columns)).ToArray();
        var (low, high) = (means.Min(), means.Max());
        return string.Concat(means.Select(mean => Levels[Level(mean, low, high)]));
    }

    private static double Mean(double[] values, int column, int columns)
    {
        var start = (int)((long)values.Length * column / columns);
        var end = (int)((long)values.Length * (column + 1) / columns);
        var sum = 0.0;
        for (var i = start; i < end; i++)
            sum += values[i];
        return sum / (end - start);
    }

    private static int Level(double value, double low, double high)
        => high > low ? (int)Math.Round((value - low) / (high - low) * (Levels.Length - 1)) : Levels.Length / 2;
}
