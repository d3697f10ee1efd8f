using System.Numerics;
using UniVG.Finetuning.Synthesis;

namespace UniVG.Finetuning.Tests.Synthesis;

public class VesselRasterizerTests
{
    [Fact]
    public void A_straight_vessel_covers_its_own_area()
    {
        // 40 long, 8 wide, round ends: 40·8 + π·4² = 370.3 pixels.
        var raster = VesselRasterizer.Draw(Line(new Vector2(30, 50), new Vector2(70, 50), radius: 4), 100);

        Assert.Equal(370.3, raster.Coverage.Sum(), 4.0);
        Assert.All(raster.Coverage, c => Assert.InRange(c, 0, 1));
        Assert.Equal(4, raster.Depth.Max(), 0.2);
    }

    [Fact]
    public void The_drawing_scales_with_the_grid()
    {
        var line = Line(new Vector2(20, 20), new Vector2(80, 70), radius: 3);

        var (small, large) = (VesselRasterizer.Draw(line, 100).Coverage.Sum(), VesselRasterizer.Draw(line, 400).Coverage.Sum());

        Assert.Equal(16, large / small, 0.3);
    }

    [Fact]
    public void A_hairline_covers_its_own_width_only()
    {
        var raster = VesselRasterizer.Draw(Line(new Vector2(10, 50.5f), new Vector2(90, 50.5f), radius: 0.1f), 100);

        Assert.Equal(0.2, raster.Coverage.Max(), 0.01);
    }

    [Fact]
    public void Centrelines_are_one_pixel_wide_whatever_the_radius()
    {
        var raster = VesselRasterizer.DrawCenterlines(Line(new Vector2(0, 50), new Vector2(100, 50), radius: 9), 200);

        Assert.Equal(200, raster.Coverage.Sum(), 2.0);
    }

    [Fact]
    public void Vessels_may_leave_the_grid()
    {
        var raster = VesselRasterizer.Draw(Line(new Vector2(-40, 50), new Vector2(140, 50), radius: 5), 100);

        Assert.Equal(1000, raster.Coverage.Sum(), 10.0);
    }

    [Fact]
    public void A_mask_keeps_thin_vessels_whole()
    {
        // Half a block wide, along the border between two blocks: no block is half covered, yet the vessel must not vanish.
        var raster = VesselRasterizer.Draw(Line(new Vector2(0, 52), new Vector2(100, 52), radius: 1), 100);

        Assert.True(raster.ToMask(factor: 4).Count(m => m == 255) >= 25);
    }

    private static VesselTree Line(Vector2 from, Vector2 to, float radius) =>
        new(100, [new VesselNode(-1, from, radius), new VesselNode(0, to, radius)]);
}
