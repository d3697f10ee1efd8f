namespace UniVG.Finetuning.Data.Buckets;

/// <summary>The size that all pictures of a bucket have when they reach the model.</summary>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
public readonly record struct BucketSize(int Width, int Height) : IComparable<BucketSize>
{
    /// <summary>Width divided by height.</summary>
    public double AspectRatio => (double)Width / Height;

    /// <summary>Orders by width, then height, as bucket tables are shown.</summary>
    public int CompareTo(BucketSize other) => (Width, Height).CompareTo((other.Width, other.Height));

    /// <summary>Whether this size comes before the other one.</summary>
    public static bool operator <(BucketSize left, BucketSize right) => left.CompareTo(right) < 0;

    /// <summary>Whether this size comes after the other one.</summary>
    public static bool operator >(BucketSize left, BucketSize right) => left.CompareTo(right) > 0;

    /// <summary>Whether this size comes before the other one or equals it.</summary>
    public static bool operator <=(BucketSize left, BucketSize right) => left.CompareTo(right) <= 0;

    /// <summary>Whether this size comes after the other one or equals it.</summary>
    public static bool operator >=(BucketSize left, BucketSize right) => left.CompareTo(right) >= 0;

    /// <summary>Such as "512×448".</summary>
    public override string ToString() => $"{Width}×{Height}";
}
