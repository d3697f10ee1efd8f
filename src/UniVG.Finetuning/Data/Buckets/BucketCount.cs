namespace UniVG.Finetuning.Data.Buckets;

/// <summary>A line of the bucket table.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Images">How many pictures an epoch draws from it, repeats counted.</param>
public sealed record BucketCount(BucketSize Bucket, int Images);
