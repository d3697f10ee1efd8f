using UniVG.Benchmarks.PyTorch;

namespace UniVG.Benchmarks.Measuring;

/// <summary>One thing that is measured, in turn with the others of its scenario.</summary>
/// <param name="What">Its name in the table.</param>
/// <param name="Act">Does it; gives a number that a counterpart can be compared by, or 0.</param>
internal sealed record Variant(string What, Func<double> Act)
{
    /// <summary>The process that does the same with PyTorch; null where there is none.</summary>
    public PyTorchWorker? Worker { get; init; }

    /// <summary>What the worker is told for a turn that follows <see cref="Act"/>.</summary>
    public Func<object> Turn { get; init; } = () => new { };

    /// <summary>The largest relative difference between the two numbers so far; null where none was compared.</summary>
    public double? Difference { get; set; }
}
