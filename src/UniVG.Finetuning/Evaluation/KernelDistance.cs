namespace UniVG.Finetuning.Evaluation;

/// <summary>
/// The kernel distance of two sets of features (KID; Bińkowski et al. 2018, "Demystifying MMD GANs", arXiv 1801.01401): the squared
/// maximum mean discrepancy MMD² = E k(x, x′) + E k(y, y′) − 2 E k(x, y) with the kernel k(x, y) = (x·y / d + 1)³. Pairs of a picture
/// with itself are left out, so that the mean over many sets is unbiased however small they are; a single value can be below 0.
/// </summary>
public sealed class KernelDistance
{
    private readonly double[,] _first;
    private readonly double[,] _second;
    private readonly double[,] _between;

    /// <summary>Computes the kernel of all pairs.</summary>
    /// <param name="first">At least two pictures, d features each.</param>
    /// <param name="second">At least two pictures, d features each.</param>
    public KernelDistance(IReadOnlyList<double[]> first, IReadOnlyList<double[]> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentOutOfRangeException.ThrowIfLessThan(first.Count, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(second.Count, 2);
        (_first, _second, _between) = (Kernel(first, first), Kernel(second, second), Kernel(first, second));
    }

    /// <summary>The distance of the two sets.</summary>
    public double Value() => Value(Ones(_between.GetLength(0)), Ones(_between.GetLength(1)));

    /// <summary>
    /// The distance when pictures count several times; copies of a picture are no pair, which keeps resampled sets unbiased, too.
    /// </summary>
    /// <param name="firstCounts">How often each picture of the first set counts.</param>
    /// <param name="secondCounts">How often each picture of the second set counts.</param>
    public double Value(int[] firstCounts, int[] secondCounts)
    {
        ArgumentNullException.ThrowIfNull(firstCounts);
        ArgumentNullException.ThrowIfNull(secondCounts);
        return Mean(_first, firstCounts, firstCounts, withSelf: false) + Mean(_second, secondCounts, secondCounts, withSelf: false)
            - (2 * Mean(_between, firstCounts, secondCounts, withSelf: true));
    }

    private static double Mean(double[,] kernel, int[] rows, int[] columns, bool withSelf)
    {
        var (sum, pairs) = (0.0, 0L);
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i] == 0) continue;
            for (var j = 0; j < columns.Length; j++)
            {
                if (i == j && !withSelf) continue;
                var weight = (long)rows[i] * columns[j];
                sum += weight * kernel[i, j];
                pairs += weight;
            }
        }

        return sum / pairs;
    }

    private static double[,] Kernel(IReadOnlyList<double[]> first, IReadOnlyList<double[]> second)
    {
        var kernel = new double[first.Count, second.Count];
        for (var i = 0; i < first.Count; i++)
        for (var j = 0; j < second.Count; j++)
            kernel[i, j] = Math.Pow((Dot(first[i], second[j]) / first[i].Length) + 1, 3);
        return kernel;
    }

    private static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var k = 0; k < a.Length; k++) sum += a[k] * b[k];
        return sum;
    }

    private static int[] Ones(int count) => [.. Enumerable.Repeat(1, count)];
}
