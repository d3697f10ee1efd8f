using UniVG.Notebooks.Displays.Datasets;

namespace UniVG.Notebooks.Tests.Displays.Datasets;

public class DatasetViewTests
{
    private static readonly DatasetSummary Summary = new(
        "datasets-sample",
        [new DatasetFolder("10_octa", 10, "octa", 6), new DatasetFolder("5_fundus", 5, "fundus", 3)],
        [new DatasetBucket(64, 64, 6, 60), new DatasetBucket(96, 64, 3, 15)])
    {
        Epochs = [new EpochArithmetic("LoRA", 2, 38, 3000)],
        HeldOut = 2,
    };

    [Fact]
    public void Text_and_html_tell_images_repeats_and_steps()
    {
        var bundle = DatasetView.Create(Summary);

        Assert.Contains("9 in 2 folders, and 2 held out to measure the loss on", bundle.PlainText, StringComparison.Ordinal);
        Assert.Contains("75 images with repeats", bundle.PlainText, StringComparison.Ordinal);
        Assert.Contains("LoRA, batch size 2: 38 steps an epoch, so 3000 steps are 78.9 epochs", bundle.PlainText, StringComparison.Ordinal);
        Assert.Contains("96 × 64       3            15", bundle.PlainText, StringComparison.Ordinal);
        Assert.Equal(2, MarkupAssert.WellFormed(bundle).Descendants("thead").Count());
    }

    [Fact]
    public void Every_skipped_file_has_a_reason_and_the_rest_is_counted()
    {
        var summary = Summary with
        {
            Skipped = [.. Enumerable.Range(1, 105).Select(i => new SkippedFile($"10_octa/<{i}>.png", "cannot be decoded as an image"))],
        };

        var bundle = DatasetView.Create(summary);

        Assert.Contains("10_octa/<100>.png  cannot be decoded as an image", bundle.PlainText, StringComparison.Ordinal);
        Assert.Contains("and 5 more", bundle.PlainText, StringComparison.Ordinal);
        Assert.Contains("Files not used: 105", MarkupAssert.WellFormed(bundle).Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Thumbnails_stand_below_their_bucket_with_their_captions()
    {
        var thumbnails = TestPictures.Row(5).Select(image => image with { Caption = "caption of " + image.Label }).ToList();

        var bundle = DatasetView.Create(Summary with { Thumbnails = [new("64 × 64: 3 of 6 images", thumbnails[..3]), new("96 × 64: 2 images", thumbnails[3..])] });

        Assert.Equal(5, MarkupAssert.WellFormed(bundle).Descendants("img").Count());
        Assert.Contains("64 × 64: 3 of 6 images\n  seed 1: caption of seed 1", bundle.PlainText, StringComparison.Ordinal);
        Assert.True(bundle.Data.ContainsKey("image/png"));
    }

    [Fact]
    public void The_histogram_is_a_picture_and_a_line_of_text()
    {
        var counts = new long[256];
        (counts[0], counts[100], counts[255]) = (900, 100, 0);

        var bundle = DatasetView.Create(Summary with { Histogram = new DatasetHistogram(counts, counts, counts) });

        Assert.Contains("median 0, black 90", bundle.PlainText, StringComparison.Ordinal);
        var image = Assert.Single(MarkupAssert.WellFormed(bundle).Descendants("img"));
        Assert.StartsWith("data:image/png;base64,", image.Attribute("src")!.Value, StringComparison.Ordinal);
    }
}
