using System.Numerics;
using UniVG.Finetuning.Synthesis;

namespace UniVG.Finetuning.Tests.Synthesis;

public class VesselTreeStatisticsTests
{
    // A trunk of two segments that forks at a right angle; the left branch forks again, the right one bends.
    private static readonly VesselTree Known = new(100,
    [
        new(-1, new Vector2(50, 100), 4), new(0, new Vector2(50, 80), 4), new(1, new Vector2(50, 60), 4),
        new(2, new Vector2(40, 50), 3), new(2, new Vector2(60, 50), 2),
        new(3, new Vector2(40, 30), 1), new(3, new Vector2(20, 50), 1),
        new(4, new Vector2(60, 40), 2),
    ]);

    [Fact]
    public void Branches_run_from_branching_to_branching_or_tip()
    {
        var branches = VesselBranch.Of(Known);

        Assert.Equal(
            new[] { "0-1-2", "2-3", "3-5", "3-6", "2-4-7" }, branches.Select(b => string.Join('-', b.Nodes)));
        var bent = branches[^1];
        Assert.Equal(10 * Math.Sqrt(2) + 10, bent.Length, 1e-4);
        Assert.Equal(Math.Sqrt(500), bent.Chord, 1e-4);
        Assert.Equal(bent.Length / bent.Chord, bent.Tortuosity, 1e-9);
        Assert.Equal(bent.Length / 4, bent.LengthToDiameter, 1e-4);
        Assert.Equal(1, branches[0].Tortuosity, 1e-6);
    }

    [Fact]
    public void Strahler_orders_rise_only_where_two_equal_vessels_meet()
    {
        // Tips are 1; the left branch joins two of them: 2; the trunk joins 2 and 1: 2.
        Assert.Equal([2, 2, 2, 2, 1, 1, 1, 1], Known.StrahlerOrders());
    }

    [Fact]
    public void Statistics_of_a_known_tree()
    {
        var statistics = VesselTreeStatistics.Of(Known);

        Assert.Equal((1, 5, 2, 2), (statistics.Trees, statistics.Branches, statistics.Bifurcations, statistics.HighestOrder));
        // The trunk's fork: left goes on over one segment (−1, −1), right over two: (10, −20). The other fork is square.
        var upper = Math.Acos(Vector2.Dot(Vector2.Normalize(new(-1, -1)), Vector2.Normalize(new(10, -20)))) * 180 / Math.PI;
        Assert.Equal((upper + 90) / 2, statistics.BranchAngle.Mean, 1e-3);
        Assert.Equal((2.0 / 3 + 1) / 2, statistics.RadiusRatio.Mean, 1e-6);
        Assert.Equal((20 + 20 + 14.142136 + 14.142136 + 20 + 20 + 10) / 100, statistics.LengthDensity, 1e-4);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(2.6)]
    public void Murray_exponent_is_found(double exponent)
    {
        var parent = Math.Pow(Math.Pow(3, exponent) + Math.Pow(2, exponent), 1 / exponent);

        Assert.Equal(exponent, VesselTreeStatistics.Exponent(parent, [3, 2])!.Value, 1e-9);
        Assert.Null(VesselTreeStatistics.Exponent(3, [3, 2]));
    }

    [Fact]
    public void Grown_trees_obey_murray_and_known_bounds()
    {
        foreach (var modality in KnownModalities.All)
        {
            var image = VesselSynthesizer.Generate(modality, 3, 64);
            var statistics = VesselTreeStatistics.Of(image.Tree);

            Assert.Equal(3, statistics.MurrayExponent.Mean, 0.01);
            Assert.InRange(statistics.BranchAngle.Mean, 30, 120);
            Assert.InRange(statistics.Tortuosity.Mean, 1, 1.5);
            Assert.InRange(image.Density, 0.02, 0.6);
            Assert.True(statistics.Bifurcations > 0);
        }
    }
}
