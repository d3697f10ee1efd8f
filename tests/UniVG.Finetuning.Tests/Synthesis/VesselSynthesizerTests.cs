using System.Security.Cryptography;
using UniVG.Diffusion;
using UniVG.Finetuning.Synthesis;

namespace UniVG.Finetuning.Tests.Synthesis;

public class VesselSynthesizerTests
{
    public static TheoryData<string> Modalities => [.. KnownModalities.All.Select(m => m.Name)];

    [Theory]
    [MemberData(nameof(Modalities))]
    public void The_same_seed_gives_the_same_bytes(string modality)
    {
        var (first, second) = (VesselSynthesizer.Generate(modality, 5, 64), VesselSynthesizer.Generate(modality, 5, 64));

        Assert.Equal(SHA256.HashData(first.Image.Pixels), SHA256.HashData(second.Image.Pixels));
        Assert.Equal(first.Mask, second.Mask);
        Assert.NotEqual(first.Image.Pixels, VesselSynthesizer.Generate(modality, 6, 64).Image.Pixels);
    }

    // Bands of the mean over pictures 0 to 11, wide enough for a change of taste, too narrow for a wrong colour.
    [Theory]
    [InlineData("coronary angiogram", 90, 150, 90, 150, 90, 150)]
    [InlineData("retinal fundus", 125, 165, 50, 80, 15, 40)]
    [InlineData("oct angiography", 50, 110, 50, 110, 50, 110)]
    [InlineData("cerebral angiogram", 170, 210, 170, 210, 170, 210)]
    [InlineData("laser speckle", 15, 85, 40, 110, 150, 255)]
    [InlineData("conjunctival microscopy", 205, 245, 160, 210, 150, 200)]
    public void Mean_colours_are_those_of_the_modality(string modality, int minR, int maxR, int minG, int maxG, int minB, int maxB)
    {
        var pixels = Enumerable.Range(0, 12).SelectMany(i => VesselSynthesizer.Generate(modality, i, 64).Image.Pixels).ToArray();
        double Mean(int channel) => pixels.Where((_, i) => i % 3 == channel).Average(p => (double)p);

        Assert.InRange(Mean(0), minR, maxR);
        Assert.InRange(Mean(1), minG, maxG);
        Assert.InRange(Mean(2), minB, maxB);
    }

    [Theory]
    [MemberData(nameof(Modalities))]
    public void Vessels_are_visible_against_what_lies_between(string modality)
    {
        for (var seed = 0; seed < 6; seed++)
        {
            var picture = VesselSynthesizer.Generate(modality, seed, 64);
            Assert.InRange(picture.Mask.Count(m => m == 255) / 4096.0, 0.01, 0.5);
            Assert.True(LocalContrast(picture, 64) > 15, $"{picture.Caption}, seed {seed}: {LocalContrast(picture, 64)}");
        }
    }

    [Fact]
    public void Captions_tell_denser_and_wider_vessels()
    {
        var coverage = Enumerable.Range(0, 60).Select(i => VesselSynthesizer.Generate("cerebral angiogram", i, 64))
            .ToLookup(p => p.Caption, p => p.Mask.Count(m => m == 255));

        Assert.Equal(VesselStyle.All.Select(s => s.Caption("cerebral angiogram")).Order(), coverage.Select(g => g.Key).Order());
        double Mean(string words) => coverage[$"cerebral angiogram, {words} vessels"].Average();
        Assert.True(Mean("sparse thin") < Mean("medium thin") && Mean("medium thin") < Mean("dense thin"));
        Assert.True(Mean("dense thin") < Mean("dense thick"));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(100)]
    [InlineData(300)]
    public void Any_size_gives_a_picture_and_a_mask_of_that_size(int size)
    {
        foreach (var modality in KnownModalities.All)
        {
            var picture = VesselSynthesizer.Generate(modality, 1, size);
            Assert.Equal((size, size, size * size), (picture.Image.Width, picture.Image.Height, picture.Mask.Length));
        }
    }

    [Fact]
    public void Unknown_modalities_and_impossible_numbers_are_refused()
    {
        AssertRefused("retinal fundus", () => VesselSynthesizer.Generate("mri", 1, 64));
        AssertRefused("4 pixels", () => VesselSynthesizer.Generate("retinal fundus", 1, 4));
        AssertRefused("0 pictures", () => VesselSynthesizer.WriteDataset("x", "retinal fundus", 0, 1, 64));

        static void AssertRefused(string because, Action action) =>
            Assert.Contains(because, Assert.Throws<UniVGException>(action).Message, StringComparison.Ordinal);
    }

    // Mean difference, in the channel that shows it best, between vessel pixels and background two columns or rows away.
    private static double LocalContrast(SyntheticImage picture, int size)
    {
        var differences = new double[3];
        var pairs = 0;
        for (var i = 2 * size; i < (size - 2) * size; i++)
        {
            if (picture.Mask[i] == 0 || i % size is < 2 || i % size >= size - 2) continue;
            foreach (var neighbour in new[] { i - 2, i + 2, i - (2 * size), i + (2 * size) })
            {
                if (picture.Mask[neighbour] != 0) continue;
                pairs++;
                for (var c = 0; c < 3; c++)
                    differences[c] += picture.Image.Pixels[(i * 3) + c] - picture.Image.Pixels[(neighbour * 3) + c];
            }
        }

        return differences.Max(Math.Abs) / pairs;
    }
}
