using UniVG.Diffusion.Images;
using UniVG.Finetuning.Evaluation;
using UniVG.Finetuning.Evaluation.Vessels;
using UniVG.Finetuning.Synthesis;

namespace UniVG.Finetuning.Tests.Evaluation.Vessels;

public class VesselFiguresTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(9)]
    public void Width_of_a_bar_is_its_width(int width)
    {
        // It crosses the picture, so that neither end thins it.
        var figures = VesselFigures.Of(Drawing.Where(60, 60, (_, y) => y >= 20 && y < 20 + width));

        Assert.Equal(width / 60.0, figures.Density, 1e-9);
        Assert.Equal(width / 60.0, figures.MeanWidth, 0.5 / 60);
        Assert.Equal(0, figures.BranchPoints);
    }

    [Fact]
    public void Distances_are_euclidean()
    {
        var random = new SeededRandom(3);
        var mask = Drawing.Where(23, 17, (_, _) => random.Chance(0.85f));
        var ground = Enumerable.Range(0, mask.Pixels.Length).Where(i => !mask.Pixels[i]).ToArray();

        var distances = DistanceTransform.Of(mask);

        for (var i = 0; i < distances.Length; i++)
        {
            var nearest = ground.Min(g => Math.Sqrt(Math.Pow((i % 23) - (g % 23), 2) + Math.Pow((i / 23) - (g / 23), 2)));
            Assert.Equal(nearest, distances[i], 1e-9);
        }
    }

    [Fact]
    public void Picture_without_vessels_has_no_width_and_a_summary_of_such_pictures_none_either()
    {
        var figures = VesselFigures.Of(new RgbImage(40, 30), 32, VesselPolarity.Dark);

        Assert.Equal((0.0, 0, double.NaN), (figures.Density, figures.BranchPoints, figures.MeanWidth));
        var summary = VesselSummary.Of([figures, figures], new Bootstrap());
        Assert.Equal(0, summary.Density.High);
        Assert.True(double.IsNaN(summary.MeanWidth.Value));
    }

    [Fact]
    public void Histogram_holds_each_width_in_its_bin()
    {
        var summary = VesselSummary.Of([new VesselFigures(0.1, 0, [0.005, 0.015, 0.015, 0.5])], new Bootstrap());

        Assert.Equal([0.25, 0.5], summary.WidthHistogram.Take(2));
        Assert.Equal(0.25, summary.WidthHistogram[^1]);
    }

    [Fact]
    public void Otsu_parts_two_classes()
    {
        float[] values = [.. Enumerable.Range(0, 90).Select(i => 1 + (0.01f * (i % 10))), .. Enumerable.Range(0, 10).Select(i => 5 + (0.01f * i))];

        Assert.InRange(OtsuThreshold.Of(values), 1.09f, 5);
        Assert.Equal(2, OtsuThreshold.Of([2, 2, 2]));
    }

    // Against the generator's own masks, at both ends of the sizes that are measured.
    [Theory]
    [InlineData("coronary angiogram", VesselPolarity.Dark, 0.75)]
    [InlineData("retinal fundus", VesselPolarity.Dark, 0.75)]
    [InlineData("oct angiography", VesselPolarity.Bright, 0.6)]
    [InlineData("cerebral angiogram", VesselPolarity.Dark, 0.75)]
    [InlineData("laser speckle", VesselPolarity.Bright, 0.4)]
    [InlineData("conjunctival microscopy", VesselPolarity.Dark, 0.8)]
    public void Segmentation_finds_the_vessels_that_were_drawn(string modality, VesselPolarity polarity, double leastDice)
    {
        foreach (var (size, count) in new[] { (64, 8), (128, 2) })
        {
            var drawn = Enumerable.Range(300, count).Select(seed => VesselSynthesizer.Generate(modality, seed, size)).ToArray();

            Assert.Equal(polarity, VesselSegmentation.FindPolarity(drawn.Select(d => d.Image)));
            Assert.InRange(drawn.Average(d => Dice(d.Mask, VesselSegmentation.Segment(d.Image, polarity))), leastDice, 1);
        }
    }

    private static double Dice(byte[] truth, VesselMask found)
    {
        var both = truth.Where((t, i) => t != 0 && found.Pixels[i]).Count();
        return 2.0 * both / (truth.Count(t => t != 0) + found.Pixels.Count(p => p));
    }
}
