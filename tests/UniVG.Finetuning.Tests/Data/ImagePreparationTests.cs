using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Data;

namespace UniVG.Finetuning.Tests.Data;

public sealed class ImagePreparationTests : IDisposable
{
    private readonly TemporaryDataset _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public void A_mask_is_cropped_and_mirrored_together_with_its_picture()
    {
        _data.AddPicture("set/1_x/a.png", Gradient(96, 64));
        _data.AddPicture("masks/1_x/a.png", Gradient(96, 64));
        var options = Options() with { MaskFolder = _data.Path("masks"), RandomCrop = true };
        var image = DatasetFolder.Read(_data.Path("set"), options).Images.Single();

        for (var seed = 0; seed < 5; seed++)
        {
            var prepared = ImagePreparation.Load(image, flipped: seed % 2 == 0, new Random(seed));
            Assert.Equal((64, 64), (prepared.Image.Width, prepared.Image.Height));
            Assert.Equal(prepared.Image.Pixels, prepared.Mask!.Pixels);
        }
    }

    [Fact]
    public void A_mask_that_has_changed_since_it_was_checked_is_refused_as_its_picture_is()
    {
        _data.AddPicture("set/1_x/a.png", Gradient(96, 64));
        var mask = _data.AddPicture("masks/a.png", Gradient(96, 64));
        var image = DatasetFolder.Read(_data.Path("set"), Options() with { MaskFolder = _data.Path("masks") }).Images.Single();
        ImagePreparation.Load(image);

        ImageFile.SavePng(new RgbImage(96, 64), mask);

        Assert.Equal($"'{mask}' has changed since the dataset was read; read it again with '#!univg data', then train.", Assert.Throws<UniVGException>(() => ImagePreparation.Load(image)).Message);
    }

    [Fact]
    public void A_random_crop_reaches_both_ends_and_without_chance_takes_the_middle()
    {
        _data.AddPicture("1_x/a.png", Gradient(96, 64));
        var image = DatasetFolder.Read(_data.Folder, Options() with { RandomCrop = true }).Images.Single();

        var lefts = Enumerable.Range(0, 300).Select(seed => ImagePreparation.Load(image, random: new Random(seed)).Image.Pixels[0]).ToHashSet();

        Assert.Equal(Enumerable.Range(0, 33).Select(x => (byte)x), lefts.Order());
        Assert.Equal(16, ImagePreparation.Load(image).Image.Pixels[0]);
    }

    [Fact]
    public void Missing_masks_and_masks_of_another_size_are_named()
    {
        _data.AddImage("set/1_x/a.png", 64, 64);
        _data.AddImage("set/1_x/b.png", 64, 64);
        _data.AddImage("set/1_x/c.png", 64, 64);
        _data.AddImage("masks/b.png", 32, 64);
        _data.AddImage("masks/c.png", 64, 64);

        var dataset = DatasetFolder.Read(_data.Path("set"), Options() with { MaskFolder = _data.Path("masks") });

        Assert.Equal(_data.Path("masks/c.png"), dataset.Images.Single().MaskPath);
        Assert.Contains("there is no mask a.png", dataset.Skipped[0].Reason, StringComparison.Ordinal);
        Assert.Contains("32×64", dataset.Skipped[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Colours_vary_in_a_third_of_the_draws_and_only_a_little()
    {
        var image = new RgbImage(2, 1, [200, 100, 50, 90, 90, 90]);
        var varied = Enumerable.Range(0, 600).Select(seed => ColorJitter.Apply(image, new Random(seed))).Where(v => v != image).ToArray();

        Assert.InRange(varied.Length / 600.0, 0.27, 0.39);
        Assert.All(varied, v => Assert.All(v.Pixels.Zip(image.Pixels), p => Assert.InRange(p.First - p.Second, -45, 45)));
        Assert.Equal([200, 140, 50], ColorJitter.ShiftHue(image, 16).Pixels[..3]);
        Assert.Equal([200, 50, 50], ColorJitter.ShiftHue(image, -20).Pixels[..3]);
        Assert.Equal([90, 90, 90], ColorJitter.ShiftHue(image, 16).Pixels[3..]);
        Assert.Equal((byte)((Math.Pow(200 / 255.0, 1.05) * 255) + 0.5), ColorJitter.ApplyGamma(image, 1.05).Pixels[0]);
    }

    private static DatasetOptions Options() => DatasetOptions.ForResolution(64, 64) with { EnableBuckets = false };

    // The grey value is the column.
    private static RgbImage Gradient(int width, int height) =>
        new(width, height, [.. Enumerable.Range(0, width * height * 3).Select(i => (byte)(i / 3 % width))]);
}
