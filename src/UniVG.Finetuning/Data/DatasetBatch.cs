using UniVG.Finetuning.Data.Buckets;

namespace UniVG.Finetuning.Data;

/// <summary>Pictures of one bucket that are trained on together.</summary>
/// <param name="Bucket">The size they share.</param>
/// <param name="Samples">The pictures; the same one may occur twice.</param>
public sealed record DatasetBatch(BucketSize Bucket, IReadOnlyList<DatasetSample> Samples);
