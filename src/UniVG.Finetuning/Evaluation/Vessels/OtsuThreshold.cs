namespace UniVG.Finetuning.Evaluation.Vessels;

/// <summary>
/// The threshold that parts values into two classes with the largest variance between them (Otsu 1979, "A threshold selection
/// method from gray-level histograms").
/// </summary>
public static class OtsuThreshold
{
    private const int Bins = 256;

    /// <summary>Finds the threshold; values above it are the upper class. Equal values give that value.</summary>
    public static float Of(IReadOnlyList<float> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var (low, high) = (values.Min(), values.Max());
        if (!(high > low)) return high;
        var histogram = new int[Bins];
        foreach (var value in values) histogram[Math.Min((int)((value - low) / (high - low) * Bins), Bins - 1)]++;

        var (total, weighted) = ((double)values.Count, histogram.Select((n, bin) => (double)n * bin).Sum());
        var (below, sumBelow, best, bestBin) = (0.0, 0.0, -1.0, 0);
        for (var bin = 0; bin < Bins - 1; bin++)
        {
            below += histogram[bin];
            sumBelow += (double)histogram[bin] * bin;
            if (below == 0 || below == total) continue;
            var difference = (sumBelow / below) - ((weighted - sumBelow) / (total - below));
            var between = below * (total - below) * difference * difference;
            if (between > best) (best, bestBin) = (between, bin);
        }

        return low + ((high - low) * (bestBin + 1) / Bins);
    }
}
