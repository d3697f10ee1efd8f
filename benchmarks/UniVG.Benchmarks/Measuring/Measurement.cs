namespace UniVG.Benchmarks.Measuring;

/// <summary>One row of the table.</summary>
/// <param name="What">What was repeated.</param>
/// <param name="Milliseconds">The time of every repetition, in order.</param>
/// <param name="ExtraAnonymousMiB">
/// The most anonymous memory (what no file backs, so that it cannot be dropped) that a repetition held beyond what there was before it.
/// </param>
internal sealed record Measurement(string What, IReadOnlyList<double> Milliseconds, double ExtraAnonymousMiB)
{
    /// <summary>The middle time, or the mean of the two in the middle.</summary>
    public double Median
    {
        get
        {
            var sorted = Milliseconds.Order().ToArray();
            return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        }
    }
}
