using static TorchSharp.torch;

namespace UniVG.Notebooks.Displays.Tensors;

/// <summary>What a tensor's values are like; infinite values and those that are no number are only counted.</summary>
/// <param name="Min">The smallest.</param>
/// <param name="Mean">The mean.</param>
/// <param name="Max">The largest.</param>
/// <param name="Deviation">The standard deviation.</param>
/// <param name="Strange">How many are infinite or no number.</param>
/// <param name="Histogram">How often values occur, from the smallest to the largest; empty where all are equal.</param>
/// <param name="Stride">Every how many-th value was looked at: 1 is all.</param>
internal sealed record TensorStatistics(double Min, double Mean, double Max, double Deviation, long Strange, IReadOnlyList<long> Histogram, long Stride)
{
    private const int Bins = 64;
    private const long MostValues = 1 << 22;

    /// <summary>Measures the values of a tensor on any device; of a large one a part, so that it takes no memory to speak of.</summary>
    /// <returns>Null where no value is finite.</returns>
    public static TensorStatistics? Of(Tensor tensor)
    {
        var stride = Math.Max(1, (tensor.numel() + MostValues - 1) / MostValues);
        float[] values;
        using (NewDisposeScope())
            values = tensor.detach().flatten()[TensorIndex.Slice(null, null, stride)].to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
        var finite = Array.FindAll(values, float.IsFinite);
        if (finite.Length == 0) return null;
        var (min, max, mean) = (finite.Min(), finite.Max(), finite.Average(value => (double)value));
        var deviation = Math.Sqrt(finite.Sum(value => (value - mean) * (value - mean)) / finite.Length);
        return new TensorStatistics(min, mean, max, deviation, values.Length - finite.Length, max > min ? Count(finite, min, max) : [], stride);
    }

    private static long[] Count(float[] values, double min, double max)
    {
        var counts = new long[Bins];
        foreach (var value in values) counts[Math.Min(Bins - 1, (int)((value - min) / (max - min) * Bins))]++;
        return counts;
    }
}
