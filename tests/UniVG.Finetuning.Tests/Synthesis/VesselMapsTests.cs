using System.Numerics;
using UniVG.Finetuning.Synthesis;

namespace UniVG.Finetuning.Tests.Synthesis;

public class VesselMapsTests
{
    [Fact]
    public void Centreline_is_one_pixel_wide_and_connected()
    {
        var tree = new VesselTree(100, [new(-1, new Vector2(5, 5), 3), new(0, new Vector2(95, 50), 3), new(1, new Vector2(95, 130), 3)]);

        var map = VesselMaps.Centrelines(tree, 100);

        // 91 columns to the bend, one pixel each, then down and out of the picture.
        Assert.Equal(91 + 49, map.Count(p => p == 255));
        Assert.All(Enumerable.Range(5, 90), x => Assert.Single(Enumerable.Range(0, 100), y => map[(y * 100) + x] == 255));
    }

    [Fact]
    public void Labels_cover_the_mask_exactly_and_hold_the_orders()
    {
        foreach (var modality in KnownModalities.All)
        {
            var image = VesselSynthesizer.Generate(modality, 4, 96);

            var labels = image.DrawLabels();

            Assert.All(labels.Zip(image.Mask), p => Assert.Equal(p.Second != 0, p.First != 0));
            Assert.Empty(labels.Where(l => l != 0).Select(l => (int)l).Except(image.Tree.StrahlerOrders()));
            Assert.True(labels.Distinct().Count() >= 3, modality.Name);
        }
    }

    [Fact]
    public void Label_of_a_pixel_is_the_order_of_the_vessel_under_it()
    {
        // Two tips meet in a thick trunk of order 2.
        var tree = new VesselTree(100, [new(-1, new Vector2(50, 100), 6), new(0, new Vector2(50, 50), 6), new(1, new Vector2(20, 10), 2), new(1, new Vector2(80, 10), 2)]);
        var mask = VesselRasterizer.Draw(tree, 100).ToMask();

        var labels = VesselMaps.Labels(tree, mask);

        Assert.Equal((2, 1, 1, 0), (labels[(80 * 100) + 50], labels[(12 * 100) + 21], labels[(12 * 100) + 78], labels[(80 * 100) + 20]));
    }
}
