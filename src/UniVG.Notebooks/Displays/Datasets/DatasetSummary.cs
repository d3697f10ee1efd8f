namespace UniVG.Notebooks.Displays.Datasets;

/// <summary>What a dataset's display shows.</summary>
/// <param name="Path">The dataset's folder.</param>
/// <param name="Folders">Its folders.</param>
/// <param name="Buckets">Its sizes.</param>
public sealed record DatasetSummary(string Path, IReadOnlyList<DatasetFolder> Folders, IReadOnlyList<DatasetBucket> Buckets)
{
    /// <summary>Steps and epochs of the guide's configurations.</summary>
    public IReadOnlyList<EpochArithmetic> Epochs { get; init; } = [];

    /// <summary>Some of the images, bucket by bucket.</summary>
    public IReadOnlyList<DatasetThumbnails> Thumbnails { get; init; } = [];

    /// <summary>How bright the pixels are; null where that was not looked at.</summary>
    public DatasetHistogram? Histogram { get; init; }

    /// <summary>Images held out for validation.</summary>
    public int HeldOut { get; init; }

    /// <summary>Regularisation images an epoch draws, with their repeats.</summary>
    public int Regularization { get; init; }

    /// <summary>Files not used, and why.</summary>
    public IReadOnlyList<SkippedFile> Skipped { get; init; } = [];

    /// <summary>Things that work but may not be meant, such as images without a caption.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Facts worth knowing, such as the resolution and whether images are flipped.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Images read, each counted once.</summary>
    public int Images => Folders.Sum(folder => folder.Images);

    /// <summary>Images an epoch draws, repeats and regularisation counted.</summary>
    public int SamplesPerEpoch => Buckets.Sum(bucket => bucket.Samples);
}
