using UniVG.Notebooks.Displays.Datasets;

namespace UniVG.Notebooks.Tests.Displays.Datasets;

public class DatasetViewTests
{
    private static readonly DatasetSummary Summary = new(
        "datasets-sample",
        [new DatasetFolder("10_octa", 10, "octa", 6), new DatasetFolder("5_fundus", 5, "fundus", 3)],
        [new DatasetBucket(64, 64, 6, 60, 15), new DatasetBucket(96, 64, 3, 15, 4)])
    {
        BatchSize = 4,
    };

    [Fact]
    public void Text_and_html_tell_images_repeats_and_steps()
    {
        var bundle = DatasetView.Create(Summary);

        Assert.Contains("9 in 2 folders", bundle.PlainText, StringComparison.Ordinal);
        Assert.Contains("75 images with repeats = 19 steps at batch size 4", bundle.PlainText, StringComparison.Ordinal);
        Assert.Contains("96 × 64       3            15        4", bundle.PlainText, StringComparison.Ordinal);
        Assert.Equal(2, MarkupAssert.WellFormed(bundle).Descendants("thead").Count());
    }

    [Fact]
    public void Every_skipped_file_has_a_reason_and_the_rest_is_counted()
    {
        var summary = Summary with
        {
            Skipped = [.. Enumerable.Range(1, 25).Select(i => new SkippedFile($"10_octa/<{i}>.png", "cannot be decoded as an image"))],
        };

        var bundle = DatasetView.Create(summary);

        Assert.Contains("10_octa/<20>.png  cannot be decoded as an image", bundle.PlainText, StringComparison.Ordinal);
        Assert.Contains("and 5 more", bundle.PlainText, StringComparison.Ordinal);
        Assert.Contains("Files not used: 25", MarkupAssert.WellFormed(bundle).Value, StringComparison.Ordinal);
    }

    [Fact]
    public void At_most_twelve_thumbnails_are_shown_with_their_captions()
    {
        var thumbnails = TestPictures.Row(20).Select(image => image with { Caption = "caption of " + image.Label }).ToList();

        var bundle = DatasetView.Create(Summary with { Thumbnails = thumbnails });

        Assert.Equal(12, MarkupAssert.WellFormed(bundle).Descendants("img").Count());
        Assert.Contains("seed 12: caption of seed 12", bundle.PlainText, StringComparison.Ordinal);
        Assert.True(bundle.Data.ContainsKey("image/png"));
    }
}
