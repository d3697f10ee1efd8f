using System.Xml.Linq;
using SkiaSharp;
using UniVG.Notebooks.Displays.Images;

namespace UniVG.Notebooks.Tests.Displays.Images;

public class ImageGridTests
{
    private static SKBitmap DecodeSource(XElement image)
    {
        var source = image.Attribute("src")!.Value;
        return SKBitmap.Decode(Convert.FromBase64String(source[(source.IndexOf(',', StringComparison.Ordinal) + 1)..]));
    }

    [Fact]
    public void Small_pictures_are_embedded_whole_and_enlarged_by_a_whole_factor()
    {
        var root = MarkupAssert.WellFormed(ImageGrid.Create(TestPictures.Row(4)));

        var images = root.Descendants("img").ToList();
        Assert.Equal(4, images.Count);
        Assert.All(images, image => Assert.Equal("128", image.Attribute("width")!.Value));
        Assert.All(images, image => Assert.Equal("univg-crisp", image.Attribute("class")!.Value));
        using var first = DecodeSource(images[0]);
        Assert.Equal((64, 64), (first.Width, first.Height));
        Assert.Equal(TestPictures.Of(64, 64, 1).Pixels[3], first.GetPixel(1, 0).Red);
    }

    [Fact]
    public void Large_pictures_are_kept_small_in_the_notebook_and_link_to_their_file()
    {
        var image = new GridImage(TestPictures.Photograph(512, 768, 1), "seed 1", "vessels") { File = "output/sample/1.png" };

        var root = MarkupAssert.WellFormed(ImageGrid.Create([image]));

        using var embedded = DecodeSource(root.Descendants("img").Single());
        Assert.Equal((256, 384), (embedded.Width, embedded.Height));
        Assert.Equal("output/sample/1.png", root.Descendants("a").Single().Attribute("href")!.Value);
    }

    [Theory]
    [InlineData(512, 4)]
    [InlineData(512, 50)]
    [InlineData(64, 50)]
    public void Even_pictures_that_nothing_compresses_stay_within_the_budget(int side, int count)
    {
        var options = new ImageGridOptions();
        var images = Enumerable.Range(0, count).Select(i => new GridImage(TestPictures.Noise(side, side, i), "", "noise")).ToList();

        var sources = MarkupAssert.WellFormed(ImageGrid.Create(images, options with { WithPicture = false })).Descendants("img").Select(image => image.Attribute("src")!.Value.Length).ToList();
        Assert.All(sources, length => Assert.InRange(length, 1, options.PictureBudget));
        Assert.InRange(sources.Sum(), 1, 12 * options.PictureBudget);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(30)]
    public void The_picture_of_a_grid_stays_within_its_part_of_the_budget(int count)
    {
        var options = new ImageGridOptions();
        var images = Enumerable.Range(0, count).Select(i => new GridImage(TestPictures.Photograph(256, 256, i), "seed", "photograph")).ToList();

        var sheet = (byte[])ImageGrid.Create(images, options).Data["image/png"];

        Assert.InRange(sheet.Length, 1, 0.3 * options.PictureBudget * Math.Min(count, 12));
    }

    [Fact]
    public void Titled_grids_have_a_heading_for_each_row_and_column()
    {
        var options = new ImageGridOptions { ColumnTitles = ["step 100", "step 200", "step 300"], RowTitles = ["scale 0.5", "scale 1"] };

        var bundle = ImageGrid.Create(TestPictures.Row(6), options);

        var root = MarkupAssert.WellFormed(bundle);
        Assert.Equal(2, root.Descendants("tbody").Single().Elements("tr").Count());
        Assert.Equal(
            ["step 100", "step 200", "step 300", "scale 0.5", "scale 1"], root.Descendants("th").Select(heading => heading.Value));
        Assert.Contains("scale 1 · step 300 · seed 6: vessels, seed 6", bundle.PlainText, StringComparison.Ordinal);
    }

    [Fact]
    public void The_picture_of_a_grid_shows_every_image_at_its_place()
    {
        using var sheet = SKBitmap.Decode((byte[])ImageGrid.Create(TestPictures.Row(2)).Data["image/png"]);

        // Two cells of 128 with a gap of 10; crisp: pixel (1, 0) of image 2 covers two pixels of the sheet.
        Assert.Equal(2 * 138, sheet.Width);
        Assert.Equal(TestPictures.Of(64, 64, 2).Pixels[3], sheet.GetPixel(138 + 3, 1).Red);
        Assert.Equal(0, sheet.GetPixel(132, 10).Alpha);
    }

    [Fact]
    public void Hostile_labels_stay_text()
    {
        var image = new GridImage(TestPictures.Of(8, 8, 1), "<script>alert(1)</script>", "\" onload=\"alert(2)")
        {
            Caption = "<b>",
            File = "javascript\"><i>",
        };

        var bundle = ImageGrid.Create([image], new ImageGridOptions { Title = "<img src=x>" });

        var root = MarkupAssert.WellFormed(bundle);
        Assert.Empty(root.Descendants("script"));
        Assert.Equal("\" onload=\"alert(2)", root.Descendants("img").Single().Attribute("alt")!.Value);
    }

    [Fact]
    public void A_comparison_puts_equal_seeds_into_one_column()
    {
        var bundle = ImageComparison.Create(TestPictures.Row(3), TestPictures.Row(3));

        var table = MarkupAssert.WellFormed(bundle).Descendants("table").Single();
        Assert.Equal(["seed 1", "seed 2", "seed 3"], table.Element("thead")!.Descendants("th").Select(heading => heading.Value));
        Assert.Equal(["without adapter", "with adapter"], table.Element("tbody")!.Descendants("th").Select(heading => heading.Value));
        Assert.All(table.Element("tbody")!.Elements("tr"), row => Assert.Equal(3, row.Descendants("img").Count()));
        Assert.Contains("with adapter · seed 3", bundle.PlainText, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_grid_is_a_sentence_without_a_picture()
    {
        var bundle = ImageGrid.Create([]);

        Assert.Equal("Images (0)", bundle.PlainText);
        Assert.False(bundle.Data.ContainsKey("image/png"));
        MarkupAssert.WellFormed(bundle);
    }
}
