using UniVG.Finetuning.Data.Buckets;

namespace UniVG.Finetuning.Data;

/// <summary>
/// The batches of an epoch, as kohya's trainer makes them: every picture as often as its repeats say, shuffled within its bucket,
/// cut into batches that never mix buckets (the last of a bucket may be smaller), the batches shuffled. The plan depends on seed
/// and epoch alone, so a resumed run continues with the very batches it would have had.
/// </summary>
public static class EpochPlan
{
    /// <summary>Plans an epoch.</summary>
    /// <param name="dataset">The pictures.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="batchSize">Pictures in a batch, at least 1; a part of the dataset with a <see cref="DatasetOptions.BatchSize"/> has its own.</param>
    public static IReadOnlyList<DatasetBatch> Create(FineTuningDataset dataset, int seed, int epoch, int batchSize)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        var random = new Random(unchecked(seed + epoch));
        var batches = new List<DatasetBatch>();
        foreach (var bucket in Repeat(dataset))
        {
            var indices = bucket.ToArray();
            random.Shuffle(indices);
            batches.AddRange(indices.Chunk(dataset.Parts[bucket.Key.Part].BatchSize ?? batchSize).Select(chunk => new DatasetBatch(bucket.Key.Bucket, [.. chunk.Select(ToSample)])));
        }

        var shuffled = batches.ToArray();
        random.Shuffle(shuffled);
        return shuffled;

        DatasetSample ToSample(int image) => new(image, dataset.Images[image].Options.FlipAugmentation && random.Next(2) == 1);
    }

    /// <summary>How many batches an epoch has: each bucket's pictures (repeats counted) over the batch size, rounded up.</summary>
    public static int CountBatches(FineTuningDataset dataset, int batchSize)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        return Repeat(dataset).Sum(bucket => (int)Math.Ceiling(bucket.Count() / (double)(dataset.Parts[bucket.Key.Part].BatchSize ?? batchSize)));
    }

    private static IEnumerable<IGrouping<(int Part, BucketSize Bucket), int>> Repeat(FineTuningDataset dataset) =>
        Enumerable.Range(0, dataset.Images.Count)
            .SelectMany(i => Enumerable.Repeat(i, dataset.Images[i].Repeats))
            .GroupBy(i => (dataset.Images[i].Part, dataset.Images[i].Choice.Bucket))
            .OrderBy(g => g.Key);
}
