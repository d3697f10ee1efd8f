using UniVG.Finetuning.Data;
using UniVG.Notebooks.Displays.Datasets;
using UniVG.Notebooks.Displays.Images;

namespace UniVG.Notebooks.Displays.Cards;

/// <summary>Collects what a dataset's display shows.</summary>
public static class DatasetSummaries
{
    private const int Thumbnails = 12;

    /// <summary>Summarises a dataset; decodes its first images as thumbnails.</summary>
    public static DatasetSummary Of(FineTuningDataset dataset) => new(
        dataset.Folder,
        [.. dataset.Concepts.Select(c => new Datasets.DatasetFolder(Path.GetFileName(c.Folder), c.Repeats, c.Trigger, c.Images.Count))],
        [.. Buckets(dataset)])
    {
        Thumbnails = [.. dataset.Images.Take(Thumbnails).Select(image => new GridImage(
            ImagePreparation.Load(image).Image, Path.GetFileName(image.Path), image.Caption) { Caption = image.Caption })],
        Skipped = [.. dataset.Skipped.Select(s => new Datasets.SkippedFile(Path.GetRelativePath(dataset.Folder, s.Path), s.Reason))],
        Notes = [FormattableString.Invariant($"Trained at {dataset.Options.Width} × {dataset.Options.Height} pixels{(dataset.Options.FlipAugmentation ? ", mirrored images too" : "")}.")],
    };

    private static IEnumerable<DatasetBucket> Buckets(FineTuningDataset dataset) => dataset.Images
        .GroupBy(image => image.Choice.Bucket)
        .OrderBy(group => group.Key)
        .Select(group => (group.Key, Images: group.Count(), Samples: group.Sum(image => image.Repeats)))
        .Select(b => new DatasetBucket(b.Key.Width, b.Key.Height, b.Images, b.Samples, b.Samples));
}
