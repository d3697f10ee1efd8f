namespace UniVG.Finetuning.Synthesis;

/// <summary>Mean and standard deviation of a set of numbers.</summary>
/// <param name="Mean">The mean; NaN for no numbers.</param>
/// <param name="Deviation">The standard deviation, n in the denominator; NaN for no numbers.</param>
/// <param name="Count">How many numbers.</param>
public readonly record struct Spread(double Mean, double Deviation, int Count)
{
    /// <summary>Summarises numbers.</summary>
    public static Spread Of(IReadOnlyCollection<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0) return new Spread(double.NaN, double.NaN, 0);
        var mean = values.Average();
        return new Spread(mean, Math.Sqrt(values.Average(v => (v - mean) * (v - mean))), values.Count);
    }
}
