using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Synthesis;

namespace UniVG.Finetuning.Tests.Synthesis;

public sealed class SyntheticDatasetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-synth-").FullName;

    private string Concept => Path.Combine(_folder, "10_modality");

    private static SynthesisOptions Options => new()
    {
        Modality = "laser speckle", Count = 3, Seed = 20, Size = 48, Masks = true, Centrelines = true, Labels = true, Captions = true,
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Files_hold_what_was_generated_and_training_reads_the_pictures_only()
    {
        var images = Write(Options);

        Assert.Equal(3 * 5, Directory.GetFiles(Concept, "*", SearchOption.AllDirectories).Length);
        Assert.Equal(images[1].Image.Pixels, ImageFile.Load(Path.Combine(Concept, "001.png")).Pixels);
        Assert.Equal(VesselSynthesizer.Generate("laser speckle", 21, 48).Image.Pixels, images[1].Image.Pixels);
        Assert.Equal(images[2].Mask, Map("masks/002.png"));
        Assert.Equal(images[2].DrawCentrelines(), Map("centrelines/002.png"));
        Assert.Equal(images[2].DrawLabels(), Map("labels/002.png"));
        var dataset = DatasetFolder.Read(_folder, DatasetOptions.ForResolution(64, 64) with { NoUpscale = false });
        Assert.Equal(images.Select(i => i.Caption), dataset.Images.Select(i => i.Caption));
    }

    [Fact]
    public void Existing_files_are_kept_unless_overwriting_is_allowed()
    {
        Directory.CreateDirectory(Path.Combine(Concept, "labels"));
        var mine = Path.Combine(Concept, "labels", "002.png");
        File.WriteAllText(mine, "mine");

        var message = Assert.Throws<UniVGException>(() => Write(Options)).Message;

        Assert.Contains(mine, message, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(Concept, "*", SearchOption.AllDirectories));
        Write(Options, overwrite: true);
        Assert.NotEqual("mine", File.ReadAllText(mine));
    }

    [Fact]
    public void Vessels_keep_to_the_white_part_of_a_mask_file()
    {
        var file = Path.Combine(_folder, "region.png");
        var picture = new RgbImage(40, 20);
        for (var i = 0; i < 40 * 20; i++)
        {
            if (i % 40 < 20) picture.Pixels.AsSpan(i * 3, 3).Fill(255);
        }

        ImageFile.SavePng(picture, file);
        var region = GrowthRegion.FromFile(file);

        var image = VesselSynthesizer.Generate("oct angiography", 5, 64, region);

        // Vessels enter from the borders, so a few may cross the right half; no branch is there to stay.
        var (left, right) = (Half(image.Mask, x => x < 32), Half(image.Mask, x => x > 40));
        Assert.True(left > 3 * right, $"{left} left, {right} right");
        Assert.Equal(image.Image.Pixels, VesselSynthesizer.Generate("oct angiography", 5, 64, region).Image.Pixels);
        Assert.Equal(
            VesselSynthesizer.Generate("oct angiography", 5, 64).Image.Pixels,
            VesselSynthesizer.Generate("oct angiography", 5, 64, GrowthRegion.Everywhere).Image.Pixels);
    }

    [Fact]
    public void A_region_without_room_is_refused_in_one_sentence()
    {
        var file = Path.Combine(_folder, "black.png");
        ImageFile.SavePng(new RgbImage(8, 8), file);

        Assert.Contains(file, Assert.Throws<UniVGException>(() => GrowthRegion.FromFile(file)).Message, StringComparison.Ordinal);
        var corner = GrowthRegion.Disc(System.Numerics.Vector2.Zero, 2);
        Assert.Contains("no place", Assert.Throws<UniVGException>(() => VesselSynthesizer.Generate("cerebral angiogram", 1, 64, corner)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mammogram", 3, 0, 64, "mammogram")]
    [InlineData("laser speckle", 0, 0, 64, "at least 1")]
    [InlineData("laser speckle", 3, int.MaxValue, 64, "smaller seed")]
    [InlineData("laser speckle", 3, 0, 4000, "16 to 2048")]
    public void Impossible_options_are_refused(string modality, int count, int seed, int size, string part)
    {
        var options = new SynthesisOptions { Modality = modality, Count = count, Seed = seed, Size = size };

        Assert.Contains(part, Assert.Throws<UniVGException>(() => Write(options)).Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<SyntheticImage> Write(SynthesisOptions options, bool overwrite = false) =>
        SyntheticDataset.Write(Concept, options, overwrite, cancellation: TestContext.Current.CancellationToken);

    private static int Half(byte[] mask, Func<int, bool> inHalf) => mask.Where((m, i) => m != 0 && inHalf(i % 64)).Count();

    private byte[] Map(string name) => [.. ImageFile.Load(Path.Combine(Concept, name)).Pixels.Where((_, i) => i % 3 == 0)];
}
