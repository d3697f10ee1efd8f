using UniVG.Notebooks.Displays.Images;

namespace UniVG.Notebooks.Displays.Datasets;

/// <summary>What a dataset's display shows.</summary>
/// <param name="Path">The dataset's folder.</param>
/// <param name="Folders">Its folders.</param>
/// <param name="Buckets">Its sizes.</param>
public sealed record DatasetSummary(string Path, IReadOnlyList<DatasetFolder> Folders, IReadOnlyList<DatasetBucket> Buckets)
{
    /// <summary>Images in a batch, as the batches of the buckets were counted with.</summary>
    public int BatchSize { get; init; } = 1;

    /// <summary>Some of the images: the label names the file, the caption is the caption.</summary>
    public IReadOnlyList<GridImage> Thumbnails { get; init; } = [];

    /// <summary>Files not used, and why.</summary>
    public IReadOnlyList<SkippedFile> Skipped { get; init; } = [];

    /// <summary>Things that work but may not be meant, such as images without a caption.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Facts worth knowing, such as the resolution and whether images are flipped.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Images read, each counted once.</summary>
    public int Images => Folders.Sum(folder => folder.Images);

    /// <summary>Images an epoch draws.</summary>
    public int SamplesPerEpoch => Folders.Sum(folder => folder.Images * folder.Repeats);

    /// <summary>Steps of an epoch.</summary>
    public int StepsPerEpoch => Buckets.Sum(bucket => bucket.Batches);
}
