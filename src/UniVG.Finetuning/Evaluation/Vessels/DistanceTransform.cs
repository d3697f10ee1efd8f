namespace UniVG.Finetuning.Evaluation.Vessels;

/// <summary>
/// Euclidean distance of each vessel pixel to the nearest pixel that is none, exact (Felzenszwalb and Huttenlocher 2012, "Distance
/// transforms of sampled functions"). What lies beyond the border counts as vessel, so that a vessel cut by it keeps its width.
/// </summary>
public static class DistanceTransform
{
    /// <summary>Distances between pixel centres, in pixels; 0 off vessels, the picture's diagonal where nothing else is.</summary>
    public static double[] Of(VesselMask mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        var (width, height) = (mask.Width, mask.Height);
        var farthest = (double)((width * width) + (height * height));
        var squared = new double[width * height];
        for (var i = 0; i < squared.Length; i++) squared[i] = mask.Pixels[i] ? farthest : 0;

        var (column, row) = (new double[height], new double[width]);
        for (var x = 0; x < width; x++)
        {
            for (var y = 0; y < height; y++) column[y] = squared[(y * width) + x];
            LowerEnvelope(column);
            for (var y = 0; y < height; y++) squared[(y * width) + x] = column[y];
        }

        for (var y = 0; y < height; y++)
        {
            squared.AsSpan(y * width, width).CopyTo(row);
            LowerEnvelope(row);
            row.CopyTo(squared.AsSpan(y * width, width));
        }

        return [.. squared.Select(Math.Sqrt)];
    }

    // Replaces f by min over q of (p − q)² + f(q): the lower envelope of parabolas.
    private static void LowerEnvelope(double[] f)
    {
        var n = f.Length;
        var (hull, bounds, result, last) = (new int[n], new double[n + 1], new double[n], 0);
        (bounds[0], bounds[1]) = (double.NegativeInfinity, double.PositiveInfinity);
        for (var q = 1; q < n; q++)
        {
            var meet = Meeting(f, q, hull[last]);
            while (meet <= bounds[last]) meet = Meeting(f, q, hull[--last]);
            hull[++last] = q;
            (bounds[last], bounds[last + 1]) = (meet, double.PositiveInfinity);
        }

        var at = 0;
        for (var p = 0; p < n; p++)
        {
            while (bounds[at + 1] < p) at++;
            result[p] = ((p - hull[at]) * (p - hull[at])) + f[hull[at]];
        }

        result.CopyTo(f, 0);
    }

    private static double Meeting(double[] f, int q, int v) => (f[q] + (q * q) - (f[v] + (v * v))) / (2.0 * (q - v));
}
