using UniVG.Finetuning.Synthesis;

namespace UniVG.Finetuning.Evaluation;

/// <summary>
/// Intervals by resampling pictures (Efron 1979): each replicate draws as many pictures from each set as it has, with replacement.
/// The 2.5 % and 97.5 % points of the replicates are moved so that their mean is the figure itself: a resampled set has fewer
/// different pictures, which shifts distances up as a whole, and that shift is no uncertainty.
/// </summary>
/// <param name="replicates">How many replicates; at least 20.</param>
/// <param name="seed">Seeds the draws: the same sets give the same interval.</param>
public sealed class Bootstrap(int replicates = 200, int seed = 1)
{
    private const double Tail = 0.025;

    /// <summary>The figure of the sets themselves, with its interval.</summary>
    /// <param name="sizes">How many pictures each set has.</param>
    /// <param name="statistic">Computes the figure from how often each picture of each set was drawn.</param>
    /// <param name="low">The smallest value the figure can have; the interval ends there.</param>
    /// <param name="high">The largest value.</param>
    public Estimate Of(
        IReadOnlyList<int> sizes,
        Func<IReadOnlyList<int[]>, double> statistic,
        double low = double.NegativeInfinity,
        double high = double.PositiveInfinity)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        ArgumentNullException.ThrowIfNull(statistic);
        var random = new SeededRandom(seed);
        var value = statistic([.. sizes.Select(n => Enumerable.Repeat(1, n).ToArray())]);
        var values = Enumerable.Range(0, replicates).Select(_ => statistic([.. sizes.Select(n => Draw(n, random))])).Where(double.IsFinite).Order().ToArray();
        if (values.Length == 0) return new Estimate(value, double.NaN, double.NaN);
        var shift = value - values.Average();
        return new Estimate(
            value,
            Math.Clamp(Quantile(values, Tail) + shift, low, high),
            Math.Clamp(Quantile(values, 1 - Tail) + shift, low, high));
    }

    /// <summary>The mean of a figure that each picture has.</summary>
    public Estimate Mean(IReadOnlyList<double> values) =>
        Of([values.Count], counts => values.Zip(counts[0], (value, count) => value * count).Sum() / values.Count);

    /// <summary>A quantile of ordered values, linear between them.</summary>
    public static double Quantile(IReadOnlyList<double> ordered, double part)
    {
        ArgumentNullException.ThrowIfNull(ordered);
        ArgumentOutOfRangeException.ThrowIfZero(ordered.Count);
        var place = part * (ordered.Count - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, ordered.Count - 1);
        return ordered[below] + ((place - below) * (ordered[above] - ordered[below]));
    }

    private static int[] Draw(int size, SeededRandom random)
    {
        var counts = new int[size];
        for (var i = 0; i < size; i++) counts[random.NextInt(size)]++;
        return counts;
    }
}
