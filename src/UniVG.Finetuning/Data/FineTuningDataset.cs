using UniVG.Finetuning.Data.Buckets;

namespace UniVG.Finetuning.Data;

/// <summary>The pictures to fine-tune on, with captions and buckets; the pictures themselves stay in their files.</summary>
public sealed class FineTuningDataset
{
    /// <summary>Collects what was read.</summary>
    public FineTuningDataset(
        string folder,
        DatasetOptions options,
        IReadOnlyList<DatasetConcept> concepts,
        IReadOnlyList<SkippedFile> skipped,
        int otherFiles)
    {
        ArgumentNullException.ThrowIfNull(concepts);
        Folder = folder;
        Options = options;
        Parts = [options];
        ReadWith = options;
        Concepts = concepts;
        Skipped = skipped;
        OtherFiles = otherFiles;
        Images = [.. concepts.SelectMany(c => c.Images)];
    }

    /// <summary>The folder or file that was read.</summary>
    public string Folder { get; }

    /// <summary>How it was read; with several <see cref="Parts"/>, the first.</summary>
    public DatasetOptions Options { get; }

    /// <summary>What it is to be read with to get the same again: its options, or what holds where a dataset TOML says nothing.</summary>
    public DatasetOptions ReadWith { get; internal set; }

    /// <summary>The options of its parts: one, or as many as a dataset TOML has <c>[[datasets]]</c>.</summary>
    public IReadOnlyList<DatasetOptions> Parts { get; init; }

    /// <summary>The <c>[repeats]_[trigger]</c> folders that hold pictures, by name.</summary>
    public IReadOnlyList<DatasetConcept> Concepts { get; }

    /// <summary>The folders with regularisation pictures; only pictures that an epoch shows.</summary>
    public IReadOnlyList<DatasetConcept> Regularization
    {
        get;
        init
        {
            field = value;
            Images = [.. Concepts.Concat(value).SelectMany(c => c.Images)];
        }
    } = [];

    /// <summary>
    /// The held-out pictures, to measure the loss on: their latents, captions and order do not vary, and each is shown once. They are not
    /// among <see cref="Images"/>. Null where none are held out (<see cref="DatasetOptions.Validation"/>).
    /// </summary>
    public FineTuningDataset? Validation { get; init; }

    /// <summary>What of a dataset file cannot be followed, a sentence each.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>What was not used, and why.</summary>
    public IReadOnlyList<SkippedFile> Skipped { get; }

    /// <summary>How many files are neither pictures nor captions; nothing is wrong with them.</summary>
    public int OtherFiles { get; }

    /// <summary>
    /// All pictures to train on, concept by concept, then those of <see cref="Regularization"/>; <see cref="DatasetSample.Image"/> counts in
    /// this list.
    /// </summary>
    public IReadOnlyList<BucketedImage> Images { get; private init; }

    /// <summary>How many pictures an epoch shows, repeats and regularisation counted.</summary>
    public int ImagesPerEpoch => Images.Sum(i => i.Repeats);

    /// <summary>Whether every training picture is grey; false where that was not looked at.</summary>
    public bool IsGray => Concepts.SelectMany(c => c.Images).All(i => i.Statistics is { IsGray: true });

    /// <summary>The buckets in use, by width and height.</summary>
    public IReadOnlyList<BucketCount> Buckets =>
    [
        .. Images.GroupBy(i => i.Choice.Bucket).OrderBy(g => g.Key).Select(g => new BucketCount(g.Key, g.Sum(i => i.Repeats))),
    ];

    /// <summary>Mean distance of the pictures' aspect ratios from those of their buckets.</summary>
    public double MeanAspectError => Images.Average(i => Math.Abs(i.Choice.AspectError));
}
