namespace UniVG.Diffusion.Images;

/// <summary>Finds the window of a picture from its own values.</summary>
internal static class Percentiles
{
    // Sorting more would take longer than decoding; a regular choice of a million pixels moves a percentile by less than 0.1.
    private const int MaxSorted = 1 << 20;

    /// <summary>The window between two percentiles; where these are equal, from the smallest to the largest value.</summary>
    /// <param name="samples">The values; those that are not finite do not count.</param>
    /// <param name="options">The percentiles.</param>
    public static GrayWindow Window(float[] samples, ImageReadOptions options)
    {
        var stride = (samples.Length / MaxSorted) + 1;
        var sorted = new List<float>((samples.Length / stride) + 1);
        for (var i = 0; i < samples.Length; i += stride)
            if (float.IsFinite(samples[i])) sorted.Add(samples[i]);
        if (sorted.Count == 0) return new GrayWindow(0, 1);

        sorted.Sort();
        var (low, high) = (At(options.LowPercentile), At(options.HighPercentile));
        if (low >= high) (low, high) = (sorted[0], sorted[^1]);
        return new GrayWindow(low, high > low ? high : Math.BitIncrement(Math.Max(low, low + 1)));

        float At(double percentile) => sorted[(int)Math.Round(percentile / 100 * (sorted.Count - 1))];
    }
}
