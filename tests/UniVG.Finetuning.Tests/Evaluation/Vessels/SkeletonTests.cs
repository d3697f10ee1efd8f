using UniVG.Finetuning.Evaluation.Vessels;
using UniVG.Finetuning.Synthesis;

namespace UniVG.Finetuning.Tests.Evaluation.Vessels;

public class SkeletonTests
{
    [Fact]
    public void Bar_becomes_its_axis()
    {
        var skeleton = Skeleton.Thin(Drawing.Of("""
            ............
            .##########.
            .##########.
            .##########.
            ............
            """));

        Assert.All(Enumerable.Range(0, skeleton.Pixels.Length).Where(i => skeleton.Pixels[i]), i => Assert.Equal(2, i / 12));
        Assert.InRange(skeleton.Pixels.Count(p => p), 7, 10);
    }

    [Fact]
    public void Line_of_one_pixel_stays_as_it_is()
    {
        const string Line = """
            ........
            .#......
            ..#.....
            ...###..
            ......#.
            ......#.
            ........
            """;

        Assert.Equal(Drawing.Text(Drawing.Of(Line)), Drawing.Text(Skeleton.Thin(Drawing.Of(Line))));
    }

    [Fact]
    public void Ring_stays_closed_and_disc_becomes_a_point()
    {
        bool Disc(int x, int y, int radius) => ((x - 15) * (x - 15)) + ((y - 15) * (y - 15)) <= radius * radius;
        var ring = Skeleton.Thin(Drawing.Where(31, 31, (x, y) => Disc(x, y, 12) && !Disc(x, y, 7)));

        Assert.InRange(ring.Pixels.Count(p => p), 50, 70);
        Assert.Equal(0, Skeleton.CountBranchPoints(ring));
        Assert.InRange(Skeleton.Thin(Drawing.Where(31, 31, (x, y) => Disc(x, y, 7))).Pixels.Count(p => p), 1, 4);
    }

    [Theory]
    [InlineData("""
        #.....#
        .#...#.
        ..#.#..
        ...#...
        ...#...
        ...#...
        """, 1)]
    [InlineData("""
        ...#...
        ...#...
        ...#...
        #######
        ...#...
        ...#...
        """, 1)]
    [InlineData("""
        #.........#
        .#.......#.
        ..#######..
        .#.......#.
        #.........#
        """, 2)]
    [InlineData("""
        .......
        #######
        .......
        """, 0)]
    public void Branch_points_of_known_drawings(string drawing, int expected) =>
        Assert.Equal(expected, Skeleton.CountBranchPoints(Drawing.Of(drawing)));

    [Fact]
    public void Branch_points_of_a_thick_tree_are_those_of_the_tree()
    {
        // Three forks, far from each other.
        var tree = new VesselTree(200,
        [
            new(-1, new(100, 199), 5), new(0, new(100, 130), 5),
            new(1, new(50, 80), 4), new(1, new(150, 80), 4),
            new(2, new(20, 20), 3), new(2, new(80, 20), 3),
            new(3, new(120, 20), 3), new(3, new(180, 20), 3),
        ]);
        var mask = VesselRasterizer.Draw(tree, 200).ToMask();

        Assert.Equal(3, Skeleton.CountBranchPoints(Skeleton.Thin(new VesselMask(200, 200, [.. mask.Select(m => m != 0)]))));
    }
}
