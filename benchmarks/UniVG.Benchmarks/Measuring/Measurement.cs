namespace UniVG.Benchmarks.Measuring;

/// <summary>One row of the table.</summary>
/// <param name="What">What was repeated.</param>
/// <param name="Milliseconds">The time of every repetition, in order.</param>
/// <param name="CpuMilliseconds">The processor time of every repetition, all threads together.</param>
/// <param name="ExtraAnonymousMiB">
/// The most anonymous memory (what no file backs, so that it cannot be dropped) that a repetition held beyond what there was before it.
/// </param>
internal sealed record Measurement(
    string What, IReadOnlyList<double> Milliseconds, IReadOnlyList<double> CpuMilliseconds, double ExtraAnonymousMiB)
{
    /// <summary>What the PyTorch counterpart took in the same rounds; null where there is none.</summary>
    public Measurement? Counterpart { get; init; }

    /// <summary>The middle time.</summary>
    public double Median => MedianOf(Milliseconds);

    /// <summary>The middle processor time.</summary>
    public double MedianCpu => MedianOf(CpuMilliseconds);

    /// <summary>The middle number, or the mean of the two in the middle.</summary>
    private static double MedianOf(IReadOnlyList<double> numbers)
    {
        var sorted = numbers.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
