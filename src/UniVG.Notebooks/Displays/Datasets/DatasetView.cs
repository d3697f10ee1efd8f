using System.Globalization;
using UniVG.Notebooks.Displays.Images;
using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Displays.Datasets;

/// <summary>A dataset at a glance: how many images and steps, thumbnails with captions, folders, sizes, and what is not used.</summary>
public static class DatasetView
{
    private const int ThumbnailsShown = 12;
    private const int SkippedShown = 20;

    private static readonly ImageGridOptions ThumbnailOptions = new() { EmbeddedSide = 160 };

    /// <summary>Shows a dataset.</summary>
    public static MimeBundle Create(DatasetSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        var card = Card(summary);
        IReadOnlyList<GridImage> thumbnails = [.. summary.Thumbnails.Take(ThumbnailsShown)];
        var bundle = new MimeBundle(Text(card, thumbnails));
        if (thumbnails.Count == 0)
            return bundle.WithHtml(Style.Wrap(card.ToHtml()));
        return bundle
            .WithHtml(Style.Wrap($"{card.ToHtml()}\n<p class=\"univg-title\">{Shown(summary, thumbnails.Count)}</p>\n{ImageGrid.Html(thumbnails, ThumbnailOptions)}"))
            .WithPng(ContactSheet.Draw(thumbnails, ThumbnailOptions));
    }

    private static string Shown(DatasetSummary summary, int shown)
        => shown < summary.Images ? $"{shown} of {summary.Images} images" : "Images";

    private static string Text(Card card, IReadOnlyList<GridImage> thumbnails)
        => thumbnails.Count == 0 ? card.ToText() : card.ToText() + "\n" + string.Join('\n', thumbnails.Select(image => $"  {image.Label}: {image.Caption}"));

    private static Card Card(DatasetSummary summary) => new("Dataset " + summary.Path)
    {
        Facts =
        [
            new("images", Invariant($"{summary.Images} in {summary.Folders.Count} folder{(summary.Folders.Count == 1 ? "" : "s")}")),
            new("an epoch", Invariant($"{summary.SamplesPerEpoch} images with repeats = {summary.StepsPerEpoch} steps at batch size {summary.BatchSize}")),
        ],
        Tables = [.. new[] { Folders(summary), Buckets(summary), Skipped(summary) }.OfType<Table>()],
        Warnings = summary.Warnings,
        Notes = summary.Notes,
    };

    private static Table? Folders(DatasetSummary summary) => summary.Folders.Count == 0 ? null : new(
        [new("folder"), new("trigger word"), new("repeats", true), new("images", true), new("an epoch", true)],
        [.. summary.Folders.Select(folder => new[]
        {
            folder.Name, folder.Trigger, Invariant($"{folder.Repeats}"), Invariant($"{folder.Images}"), Invariant($"{folder.Images * folder.Repeats}"),
        })]);

    private static Table? Buckets(DatasetSummary summary) => summary.Buckets.Count == 0 ? null : new(
        [new("bucket"), new("images", true), new("with repeats", true), new("batches", true)],
        [.. summary.Buckets.Select(bucket => new[]
        {
            Invariant($"{bucket.Width} × {bucket.Height}"), Invariant($"{bucket.Images}"), Invariant($"{bucket.Samples}"), Invariant($"{bucket.Batches}"),
        })]);

    private static Table? Skipped(DatasetSummary summary)
    {
        if (summary.Skipped.Count == 0)
            return null;
        var rows = summary.Skipped.Take(SkippedShown).Select(file => new[] { file.Path, file.Reason }).ToList();
        if (summary.Skipped.Count > SkippedShown)
            rows.Add([Invariant($"and {summary.Skipped.Count - SkippedShown} more"), ""]);
        return new Table([new("not used"), new("because")], rows) { Title = Invariant($"Files not used: {summary.Skipped.Count}") };
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
