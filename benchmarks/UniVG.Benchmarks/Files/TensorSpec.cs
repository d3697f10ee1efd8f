namespace UniVG.Benchmarks.Files;

/// <summary>A tensor of a file to be made.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Shape">Its sizes.</param>
internal sealed record TensorSpec(string Name, IReadOnlyList<long> Shape)
{
    /// <summary>The number of elements.</summary>
    public long Count => Shape.Aggregate(1L, (a, b) => a * b);
}
