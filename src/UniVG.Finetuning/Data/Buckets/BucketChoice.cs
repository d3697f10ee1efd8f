namespace UniVG.Finetuning.Data.Buckets;

/// <summary>How a picture comes into its bucket: resized, then its middle cropped out.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="ResizedWidth">Width before the crop, at least the bucket's.</param>
/// <param name="ResizedHeight">Height before the crop, at least the bucket's.</param>
/// <param name="AspectError">Aspect ratio of the bucket less that of the picture.</param>
public readonly record struct BucketChoice(BucketSize Bucket, int ResizedWidth, int ResizedHeight, double AspectError);
