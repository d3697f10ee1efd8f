using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Data.Quality;

namespace UniVG.Finetuning.Tests.Data;

public sealed class DatasetQualityTests : IDisposable
{
    private readonly TemporaryDataset _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public void Constant_clipped_copied_and_mixed_images_are_named()
    {
        _data.AddPicture("10_x/a.png", Noise(1));
        _data.AddPicture("10_x/b.png", Noise(2));
        _data.AddPicture("10_x/b2.png", Brighter(Noise(2), 2));
        _data.AddPicture("10_x/clipped.png", Brighter(Noise(3), 130));
        _data.AddPicture("10_x/color.png", Noise(4, colored: true));
        _data.AddPicture("10_x/flat.png", new RgbImage(64, 64));

        var dataset = Read();
        var warnings = string.Join("\n", DatasetQuality.Warnings(dataset));

        Assert.Equal(
            """
            flat.png shows nothing: all its pixels are alike.
            clipped.png is clipped: more than 5 % of its pixels are as bright as can be.
            1 image is nearly a copy of another and will be learned by heart (b2.png like b.png).
            5 images are grey and 1 coloured; the model will draw both (color.png).
            """.ReplaceLineEndings("\n"),
            warnings);
        Assert.False(dataset.IsGray);
    }

    [Fact]
    public void Images_without_captions_are_counted_where_others_have_them_or_nothing_else_describes_them()
    {
        _data.AddPicture("10_x/a.png", Noise(1));
        _data.AddPicture("10_x/b.png", Noise(2));
        Assert.Empty(DatasetQuality.Warnings(Read()));
        Assert.True(Read().IsGray);

        _data.AddText("10_x/a.txt", "a retina");
        Assert.Contains("1 image has no caption file, unlike others of the folder", Assert.Single(DatasetQuality.Warnings(Read())), StringComparison.Ordinal);

        _data.AddText("10_x/b.txt", "a retina");
        _data.AddPicture("4_y/d.png", Noise(4));
        Assert.Empty(DatasetQuality.Warnings(Read()));

        _data.AddPicture("3/c.png", Noise(3));
        Assert.Contains("1 image has neither a caption file nor a trigger word", Assert.Single(DatasetQuality.Warnings(Read())), StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_that_changes_or_vanishes_after_the_check_is_named()
    {
        var path = _data.AddPicture("10_x/a.png", Noise(1));
        var image = Read().Images[0];
        ImagePreparation.Load(image);

        _data.AddPicture("10_x/a.png", Noise(2));
        Assert.Equal(
            $"'{path}' has changed since the dataset was read; read it again with '#!univg data', then train.",
            Assert.Throws<UniVGException>(() => ImagePreparation.Load(image)).Message);

        File.Delete(path);
        Assert.Contains(path, Assert.Throws<UniVGException>(() => ImagePreparation.Load(image)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_leaves_the_folder_as_it_was()
    {
        _data.AddPicture("10_x/a.png", Noise(1));
        _data.AddText("10_x/a.txt", "x");
        var before = Snapshot();

        Read();

        Assert.Equal(before, Snapshot());
        string Snapshot() => string.Join("\n", Directory.EnumerateFileSystemEntries(_data.Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(entry => $"{entry} {File.GetLastWriteTimeUtc(entry):O}"));
    }

    private FineTuningDataset Read() => DatasetFolder.Read(_data.Folder, DatasetOptions.ForResolution(64, 64));

    // Soft blotches, different for each seed.
    private static RgbImage Noise(int seed, bool colored = false)
    {
        var random = new Random(seed);
        var coarse = new RgbImage(6, 6, [.. Enumerable.Range(0, 36).SelectMany(_ => Pixel())]);
        return ImageResizer.Resize(coarse, 64, 64);

        byte[] Pixel()
        {
            var value = (byte)random.Next(20, 200);
            return colored ? [value, (byte)(value / 2), 10] : [value, value, value];
        }
    }

    private static RgbImage Brighter(RgbImage image, int by) => new(image.Width, image.Height, [.. image.Pixels.Select(v => (byte)Math.Min(255, v + by))]);
}
