using System.Globalization;
using UniVG.Notebooks.Displays.Images;
using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Displays.Datasets;

/// <summary>A dataset at a glance: how many images and steps, thumbnails with captions, folders, sizes, and what is not used.</summary>
public static class DatasetView
{
    private const int SkippedShown = 100;

    private static readonly ImageGridOptions ThumbnailOptions = new() { EmbeddedSide = 160, Columns = 6 };

    /// <summary>Shows a dataset.</summary>
    public static MimeBundle Create(DatasetSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        var card = Card(summary);
        IReadOnlyList<GridImage> thumbnails = [.. summary.Thumbnails.SelectMany(group => group.Images)];
        var bundle = new MimeBundle(string.Join('\n', Text(card, summary)))
            .WithHtml(Style.Wrap(string.Join('\n', (string[])[card.ToHtml(), .. Grids(summary), summary.Histogram?.ToHtml() ?? ""])));
        return thumbnails.Count == 0 ? bundle : bundle.WithPng(ContactSheet.Draw(thumbnails, ThumbnailOptions));
    }

    private static IEnumerable<string> Grids(DatasetSummary summary) =>
        summary.Thumbnails.Select(group => ImageGrid.Html(group.Images, ThumbnailOptions with { Title = group.Title }));

    private static IEnumerable<string> Text(Card card, DatasetSummary summary) =>
    [
        card.ToText(),
        .. summary.Thumbnails.SelectMany(group => group.Images.Select(image => $"  {image.Label}: {image.Caption}").Prepend(group.Title)),
        .. summary.Histogram is { } histogram ? [histogram.ToText()] : (string[])[],
    ];

    private static Card Card(DatasetSummary summary) => new("Dataset " + summary.Path)
    {
        Facts =
        [
            new("images", Invariant($"{summary.Images} in {summary.Folders.Count} folder{(summary.Folders.Count == 1 ? "" : "s")}{HeldOut(summary)}")),
            new("an epoch", Invariant($"{summary.SamplesPerEpoch} images with repeats{(summary.Regularization > 0 ? Invariant($", {summary.Regularization} of them for regularisation") : "")}")),
            .. summary.Epochs.Count == 0 ? [] : (KeyValuePair<string, string>[])[new("steps", string.Join('\n', summary.Epochs))],
        ],
        Tables = [.. new[] { Folders(summary), Buckets(summary), Skipped(summary) }.OfType<Table>()],
        Warnings = summary.Warnings,
        Notes = summary.Notes,
    };

    private static string HeldOut(DatasetSummary summary) =>
        summary.HeldOut == 0 ? "" : Invariant($", and {summary.HeldOut} held out to measure the loss on");

    private static Table? Folders(DatasetSummary summary) => summary.Folders.Count == 0 ? null : new(
        [new("folder"), new("trigger word"), new("repeats", true), new("images", true), new("an epoch", true)],
        [.. summary.Folders.Select(folder => new[]
        {
            folder.Name, folder.Trigger, Invariant($"{folder.Repeats}"), Invariant($"{folder.Images}"), Invariant($"{folder.Samples}"),
        })]);

    private static Table? Buckets(DatasetSummary summary) => summary.Buckets.Count == 0 ? null : new(
        [new("bucket"), new("images", true), new("with repeats", true)],
        [.. summary.Buckets.Select(bucket => new[]
        {
            Invariant($"{bucket.Width} × {bucket.Height}"), Invariant($"{bucket.Images}"), Invariant($"{bucket.Samples}"),
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
