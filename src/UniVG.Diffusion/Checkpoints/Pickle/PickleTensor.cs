namespace UniVG.Diffusion.Checkpoints.Pickle;

/// <summary>A tensor that a pickle describes: a strided view of a storage, known to lie inside of it.</summary>
/// <param name="Storage">The storage.</param>
/// <param name="Offset">Its first element.</param>
/// <param name="Size">Its sizes.</param>
/// <param name="Stride">Its strides in elements; 0 repeats.</param>
internal sealed record PickleTensor(PickleStorage Storage, long Offset, IReadOnlyList<long> Size, IReadOnlyList<long> Stride)
{
    /// <summary>The number of storage elements from its first to its last; 0 without elements.</summary>
    public long Extent { get; } = ExtentOf(Size, Stride);

    /// <summary>Whether the view lies inside of its storage.</summary>
    public bool IsInside => Size.Count == Stride.Count && Size.All(s => s >= 0) && Stride.All(s => s >= 0)
        && Offset >= 0 && Extent >= 0 && Offset <= Storage.Count - Extent;

    // -1 when it does not fit into 64 bits, which no storage can hold.
    private static long ExtentOf(IReadOnlyList<long> size, IReadOnlyList<long> stride)
    {
        if (size.Contains(0)) return 0;
        Int128 last = 0;
        foreach (var (s, step) in size.Zip(stride))
        {
            last += (Int128)(s - 1) * step;
            if (last < 0 || last >= long.MaxValue) return -1;
        }

        return (long)last + 1;
    }
}
