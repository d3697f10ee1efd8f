using UniVG.Finetuning.Data.Buckets;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Data.Quality;
using UniVG.Finetuning.Training;
using UniVG.Notebooks.Displays.Datasets;
using UniVG.Notebooks.Displays.Images;

namespace UniVG.Notebooks.Displays.Cards;

/// <summary>Collects what a dataset's display shows.</summary>
public static class DatasetSummaries
{
    private const int Thumbnails = 24;
    private const int ThumbnailsOfBucket = 6;

    /// <summary>Summarises a dataset; decodes some of its images as thumbnails, on all cores.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static DatasetSummary Of(FineTuningDataset dataset, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return new DatasetSummary(dataset.Folder, [.. dataset.Concepts.Concat(dataset.Regularization).Select(Folder)], [.. Buckets(dataset)])
        {
            Epochs = [Epochs("LoRA", dataset, new TrainingConfig()), Epochs("LoHA", dataset, TrainingConfig.Loha)],
            Thumbnails = ThumbnailsOf(dataset, cancellationToken),
            Histogram = Histogram(dataset),
            HeldOut = dataset.Validation?.Images.Count ?? 0,
            Regularization = dataset.Regularization.Sum(concept => concept.Images.Sum(image => image.Repeats)),
            Skipped = [.. dataset.Skipped.Select(s => new Datasets.SkippedFile(Relative(dataset, s.Path), s.Reason))],
            Warnings = [.. dataset.Remarks, .. DatasetQuality.Warnings(dataset)],
            Notes = [.. Notes(dataset)],
        };
    }

    private static Datasets.DatasetFolder Folder(DatasetConcept concept) => new(
        Path.GetFileName(Path.TrimEndingDirectorySeparator(concept.Folder)) + (concept.IsRegularization ? " (regularisation)" : ""),
        concept.Repeats, concept.Trigger, concept.Images.Count)
    {
        Samples = concept.Images.Sum(image => image.Repeats),
    };

    private static string Relative(FineTuningDataset dataset, string path) =>
        Path.GetRelativePath(Directory.Exists(dataset.Folder) ? dataset.Folder : Path.GetDirectoryName(Path.GetFullPath(dataset.Folder))!, path);

    private static EpochArithmetic Epochs(string name, FineTuningDataset dataset, TrainingConfig config) =>
        new(name, config.BatchSize, EpochPlan.CountBatches(dataset, config.BatchSize), config.Steps);

    private static IEnumerable<DatasetBucket> Buckets(FineTuningDataset dataset) => dataset.Images
        .GroupBy(image => image.Choice.Bucket)
        .OrderBy(group => group.Key)
        .Select(group => new DatasetBucket(group.Key.Width, group.Key.Height, group.Count(), group.Sum(image => image.Repeats)));

    private static DatasetThumbnails[] ThumbnailsOf(FineTuningDataset dataset, CancellationToken cancellationToken)
    {
        var buckets = dataset.Images.GroupBy(image => image.Choice.Bucket).OrderBy(group => group.Key).ToArray();
        var each = Math.Clamp(Thumbnails / buckets.Length, 1, buckets.Length == 1 ? Thumbnails / 2 : ThumbnailsOfBucket);
        var shown = buckets.Take(Thumbnails).Select(bucket => (Bucket: bucket, Images: bucket.Take(each).ToArray())).ToArray();
        var loading = shown.SelectMany(group => group.Images)
            .Select(image => Task.Run(() => (Image: image, Picture: ImagePreparation.Load(image).Image), cancellationToken)).ToArray();
        var loaded = Task.WhenAll(loading).GetAwaiter().GetResult()
            .ToDictionary(l => l.Image, l => l.Picture, (IEqualityComparer<BucketedImage>)ReferenceEqualityComparer.Instance);
        return [.. shown.Select(group => new DatasetThumbnails(
            Title(group.Bucket.Key, group.Bucket.Count(), group.Images.Length),
            [.. group.Images.Select(image => new GridImage(loaded[image], Path.GetFileName(image.Path), image.Caption) { Caption = image.Caption })]))];
    }

    private static string Title(BucketSize bucket, int images, int shown) => FormattableString.Invariant(
        $"{bucket.Width} × {bucket.Height}: {(shown < images ? $"{shown} of " : "")}{images} image{(images == 1 ? "" : "s")}");

    private static DatasetHistogram? Histogram(FineTuningDataset dataset)
    {
        ImageStatistics[] measured = [.. dataset.Images.Concat(dataset.Validation?.Images ?? []).Select(image => image.Statistics).OfType<ImageStatistics>()];
        return measured.Length == 0 ? null : new DatasetHistogram(Sum(s => s.Red), Sum(s => s.Green), Sum(s => s.Blue));

        long[] Sum(Func<ImageStatistics, IReadOnlyList<int>> channel)
        {
            var sum = new long[256];
            foreach (var counts in measured.Select(channel))
                for (var v = 0; v < sum.Length; v++) sum[v] += counts[v];
            return sum;
        }
    }

    private static IEnumerable<string> Notes(FineTuningDataset dataset)
    {
        foreach (var size in dataset.Parts.Select(part => FormattableString.Invariant($"{part.Width} × {part.Height}")).Distinct())
            yield return $"Trained at {size} pixels{(dataset.Images.Any(image => image.Options.FlipAugmentation) ? ", mirrored images too" : "")}.";
        if (dataset.Images.Any(image => !image.IsCacheable))
            yield return "Colours or crops vary by chance, so images are encoded at every step; that is slower than once.";
        BucketedImage[] deep = [.. dataset.Images.Where(image => image is { Window: not null, Options.Reading.Window: null })];
        if (deep.Length > 0)
        {
            var (low, high) = (deep.MinBy(image => image.Window!.Low)!.Window!, deep.MaxBy(image => image.Window!.High)!.Window!);
            yield return FormattableString.Invariant(
                $"{deep.Length} grey images with more than 8 bits are each shown between their 0.5th and 99.5th percentile, values from {low.Low:0.##} to {high.High:0.##}; --window LOW,HIGH shows all alike.");
        }

        if (dataset.Validation is { } validation)
            yield return $"Held out by file name, --validation 0 trains on all: {string.Join(", ", validation.Images.Select(image => Path.GetFileName(image.Path)))}.";
    }
}
