using UniVG.Diffusion;
using UniVG.Finetuning.Data.Buckets;
using UniVG.Finetuning.Data;

namespace UniVG.Finetuning.Tests.Data;

public class AspectBucketsTests
{
    private static readonly DatasetOptions Upscale = new() { NoUpscale = false };

    [Fact]
    public void Predefined_buckets_at_512_are_those_of_kohya()
    {
        string[] expected =
        [
            "256×832", "256×896", "256×960", "256×1024", "320×704", "320×768", "384×640", "448×576", "512×512", "576×448",
            "640×384", "704×320", "768×320", "832×256", "896×256", "960×256", "1024×256",
        ];

        Assert.Equal(expected, new AspectBuckets(Upscale).Predefined.Select(b => b.ToString()));
    }

    [Theory]
    [InlineData(512, 512, "512×512 / 512×512", "512×512 / 512×512")]
    [InlineData(1024, 1024, "512×512 / 512×512", "512×512 / 512×512")]
    [InlineData(565, 584, "448×448 / 448×463", "512×512 / 512×529")]
    [InlineData(768, 584, "448×384 / 505×384", "576×448 / 589×448")]
    [InlineData(700, 605, "512×448 / 518×448", "576×448 / 576×498")]
    [InlineData(300, 300, "256×256 / 300×300", "512×512 / 512×512")]
    [InlineData(640, 480, "512×384 / 512×384", "576×448 / 597×448")]
    [InlineData(1920, 1080, "640×384 / 683×384", "640×384 / 683×384")]
    [InlineData(200, 900, "192×896 / 200×900", "256×1024 / 256×1152")]
    [InlineData(50, 50, null, "512×512 / 512×512")]
    public void Pictures_go_where_kohya_puts_them(int width, int height, string? withoutUpscaling, string withUpscaling)
    {
        Assert.Equal(withoutUpscaling, Describe(new AspectBuckets(new DatasetOptions()).Choose(width, height)));
        Assert.Equal(withUpscaling, Describe(new AspectBuckets(Upscale).Choose(width, height)));
    }

    [Theory]
    [InlineData(640, 480, "512×512 / 683×512")]
    [InlineData(100, 400, "512×512 / 512×2048")]
    public void Without_buckets_every_picture_covers_the_resolution(int width, int height, string expected)
    {
        Assert.Equal(expected, Describe(new AspectBuckets(new DatasetOptions { EnableBuckets = false }).Choose(width, height)));
    }

    [Fact]
    public void A_model_of_64_pixels_has_buckets_with_a_step_of_16()
    {
        var options = DatasetOptions.ForResolution(64, 64);

        Assert.Equal("64×64 / 64×64", Describe(new AspectBuckets(options).Choose(256, 256)));
        Assert.Equal("64×48 / 69×48", Describe(new AspectBuckets(options).Choose(360, 250)));
        Assert.Equal(
            ["32×96", "32×112", "32×128", "48×80", "64×64", "80×48", "96×32", "112×32", "128×32"],
            new AspectBuckets(options with { NoUpscale = false }).Predefined.Select(b => b.ToString()));
    }

    [Fact]
    public void Options_of_the_default_resolution_are_the_defaults() =>
        Assert.Equal(new DatasetOptions(), DatasetOptions.ForResolution(512, 512));

    [Fact]
    public void Resized_pictures_always_cover_their_bucket()
    {
        AspectBuckets[] all = [new(new DatasetOptions()), new(Upscale), new(DatasetOptions.ForResolution(64, 64))];
        var random = new Random(1);
        for (var i = 0; i < 5000; i++)
        {
            if (all[i % 3].Choose(random.Next(1, 3000), random.Next(1, 3000)) is not { } choice) continue;
            Assert.True(choice.ResizedWidth >= choice.Bucket.Width && choice.ResizedHeight >= choice.Bucket.Height, $"{choice}");
        }
    }

    [Fact]
    public void Impossible_options_are_listed_in_one_sentence()
    {
        var options = new DatasetOptions { Width = 100, BucketStep = 0, CaptionExtension = ".", NoUpscale = false };

        var message = Assert.Throws<UniVGException>(options.Validate).Message;

        Assert.Contains("100×512", message, StringComparison.Ordinal);
        Assert.Contains("bucket step 0", message, StringComparison.Ordinal);
        Assert.Contains("caption extension", message, StringComparison.Ordinal);
    }

    private static string? Describe(BucketChoice? choice) =>
        choice is { } c ? $"{c.Bucket} / {new BucketSize(c.ResizedWidth, c.ResizedHeight)}" : null;
}
