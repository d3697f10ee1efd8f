using System.Numerics;
using UniVG.Diffusion;
using UniVG.Finetuning.Synthesis;

namespace UniVG.Finetuning.Tests.Synthesis;

public class SpaceColonizationTests
{
    [Fact]
    public void Murrays_law_holds_at_every_branching()
    {
        foreach (var (tree, _) in ManyTrees())
        {
            var children = tree.CountChildren();
            var cubes = new double[tree.Nodes.Count];
            foreach (var node in tree.Nodes)
            {
                if (node.Parent >= 0) cubes[node.Parent] += Math.Pow(node.Radius, 3);
            }

            for (var i = 0; i < cubes.Length; i++)
            {
                if (children[i] < 2) continue;
                Assert.Equal(1, Math.Pow(tree.Nodes[i].Radius, 3) / cubes[i], 1e-4);
            }

            Assert.Contains(children, c => c >= 2);
        }
    }

    [Fact]
    public void Vessels_never_widen_downstream_and_the_trunk_has_the_radius_asked_for()
    {
        foreach (var (tree, options) in ManyTrees())
        {
            Assert.All(tree.Nodes.Where(n => n.Parent >= 0), n => Assert.True(n.Radius <= tree.Nodes[n.Parent].Radius));
            Assert.Equal(options.TrunkRadius, tree.Nodes.Max(n => n.Radius), 1e-4);
            Assert.All(tree.Nodes, n => Assert.True(n.Radius > 0));
        }
    }

    [Fact]
    public void Every_node_leads_back_to_one_of_the_roots()
    {
        foreach (var (tree, options) in ManyTrees())
        {
            Assert.Equal(options.Roots.Count, tree.Nodes.Count(n => n.Parent < 0));
            // Parents come first, so the way upstream cannot run in circles.
            Assert.All(tree.Nodes.Select((n, i) => (n.Parent, Index: i)), n => Assert.True(n.Parent < n.Index));
        }
    }

    [Fact]
    public void Segments_stay_near_the_segment_length()
    {
        foreach (var (tree, options) in ManyTrees())
        {
            var lengths = tree.Nodes.Where(n => n.Parent >= 0).Select(n => Vector2.Distance(n.Position, tree.Nodes[n.Parent].Position));
            Assert.All(lengths, l => Assert.InRange(l, 0, 2 * options.SegmentLength));
        }
    }

    [Fact]
    public void The_defaults_supply_the_whole_canvas()
    {
        var tree = SpaceColonization.Grow(new GrowthOptions(), new SeededRandom(3));

        for (var y = 32; y < 512; y += 64)
        for (var x = 32; x < 512; x += 64)
            Assert.True(tree.Nodes.Min(n => Vector2.Distance(n.Position, new Vector2(x, y))) < 45, $"no vessel near {x}, {y}");
    }

    [Fact]
    public void Growth_keeps_to_its_region()
    {
        var center = new Vector2(256, 256);
        var options = new GrowthOptions { Region = GrowthRegion.Ring(center, 100, 200), Roots = [VesselRoot.At(256, 60)] };

        var tree = SpaceColonization.Grow(options, new SeededRandom(5));

        Assert.True(tree.Nodes.Count > 100);
        Assert.All(tree.Nodes, n => Assert.InRange(Vector2.Distance(n.Position, center), 85, 215));
    }

    [Fact]
    public void A_real_mask_can_be_the_region()
    {
        var mask = new bool[64, 64];
        for (var row = 24; row < 40; row++)
        for (var column = 0; column < 64; column++)
            mask[row, column] = true;
        var options = new GrowthOptions { Region = GrowthRegion.Mask(mask, 512), Roots = [VesselRoot.At(0, 256)] };

        var tree = SpaceColonization.Grow(options, new SeededRandom(5));

        Assert.True(tree.Nodes.Max(n => n.Position.X) > 450);
        Assert.All(tree.Nodes, n => Assert.InRange(n.Position.Y, 24 * 8 - 16, 40 * 8 + 16));
    }

    [Fact]
    public void The_same_seed_grows_the_same_tree()
    {
        var (first, second) = (Grow(11), Grow(11));

        Assert.Equal(first.Nodes, second.Nodes);
        Assert.NotEqual(first.Nodes, Grow(12).Nodes);

        static VesselTree Grow(int seed) => SpaceColonization.Grow(new GrowthOptions { Tortuosity = 6 }, new SeededRandom(seed));
    }

    [Fact]
    public void A_root_far_from_every_attractor_walks_to_the_nearest()
    {
        var options = new GrowthOptions { Region = GrowthRegion.Disc(new Vector2(400, 100), 60), Roots = [VesselRoot.At(20, 500)] };

        Assert.True(SpaceColonization.Grow(options, new SeededRandom(1)).Nodes.Count > 50);
    }

    [Fact]
    public void Impossible_settings_are_listed_in_one_sentence()
    {
        var options = new GrowthOptions { SegmentLength = 0, KillDistance = 20, Attractors = 0 };

        var message = Assert.Throws<UniVGException>(() => SpaceColonization.Grow(options, new SeededRandom(1))).Message;

        Assert.Contains("segment length 0", message, StringComparison.Ordinal);
        Assert.Contains("kill distance 20", message, StringComparison.Ordinal);
        Assert.Contains("0 attractors", message, StringComparison.Ordinal);
    }

    private static IEnumerable<(VesselTree Tree, GrowthOptions Options)> ManyTrees()
    {
        GrowthOptions[] settings =
        [
            new(),
            new() { Tortuosity = 10, Inertia = 0.6f, PrunedTwigSegments = 3, TrunkRadius = 12 },
            new()
            {
                AttractionDistance = 60, KillDistance = 35, SegmentLength = 7, Attractors = 400,
                Roots = [VesselRoot.At(0, 200), VesselRoot.At(500, 30)],
            },
        ];
        for (var seed = 0; seed < 9; seed++)
        {
            var options = settings[seed % settings.Length];
            yield return (SpaceColonization.Grow(options, new SeededRandom(seed)), options);
        }
    }
}
