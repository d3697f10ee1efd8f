using System.Numerics;

namespace UniVG.Finetuning.Synthesis;

/// <summary>The geometry of vessels, as morphometry describes it. Parts of the trees outside the canvas count, too.</summary>
/// <param name="Trees">Roots.</param>
/// <param name="Branches">Vessels from one branching to the next.</param>
/// <param name="Bifurcations">Branchings.</param>
/// <param name="HighestOrder">The highest Strahler order.</param>
/// <param name="BranchAngle">Angle in degrees between the two widest vessels that leave a branching, measured over their first segments.</param>
/// <param name="RadiusRatio">Radius of the narrower of those two over that of the wider.</param>
/// <param name="MurrayExponent">The x of r^x = Σ r_child^x at each branching: 3 by Murray's law (1926).</param>
/// <param name="LengthToDiameter">Length of a branch over its mean diameter.</param>
/// <param name="Tortuosity">Length of a branch over the distance of its ends; 1 when straight.</param>
/// <param name="LengthDensity">Length of all axes inside the canvas, in sides of the canvas.</param>
public sealed record VesselTreeStatistics(
    int Trees,
    int Branches,
    int Bifurcations,
    int HighestOrder,
    Spread BranchAngle,
    Spread RadiusRatio,
    Spread MurrayExponent,
    Spread LengthToDiameter,
    Spread Tortuosity,
    double LengthDensity)
{
    /// <summary>How many nodes of a branch its direction at the branching is measured over.</summary>
    private const int DirectionNodes = 3;

    /// <summary>Measures vessels.</summary>
    public static VesselTreeStatistics Of(VesselTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var branches = VesselBranch.Of(tree);
        var bifurcations = branches.GroupBy(b => b.Nodes[0]).Where(g => g.Count() > 1 && tree.Nodes[g.Key].Parent >= 0)
            .Select(g => (Node: g.Key, Leaving: g.OrderByDescending(b => tree.Nodes[b.Nodes[1]].Radius).ToArray())).ToArray();
        return new VesselTreeStatistics(
            tree.Nodes.Count(n => n.Parent < 0),
            branches.Count,
            bifurcations.Length,
            branches.Select(b => b.Order).DefaultIfEmpty(0).Max(),
            Spread.Of([.. bifurcations.Select(f => Angle(tree, f.Leaving[0], f.Leaving[1]))]),
            Spread.Of([.. bifurcations.Select(f => (double)RadiusOf(tree, f.Leaving[1]) / RadiusOf(tree, f.Leaving[0]))]),
            Spread.Of([.. bifurcations.Select(f => Exponent(tree.Nodes[f.Node].Radius, [.. f.Leaving.Select(b => (double)RadiusOf(tree, b))])).OfType<double>()]),
            Spread.Of([.. branches.Select(b => b.LengthToDiameter)]),
            Spread.Of([.. branches.Select(b => b.Tortuosity)]),
            tree.Nodes.Where(n => n.Parent >= 0 && IsInside(tree, n)).Sum(n => Vector2.Distance(n.Position, tree.Nodes[n.Parent].Position)) / tree.CanvasSize);
    }

    /// <summary>Solves r^x = Σ r_child^x by bisection; null where a child is as wide as the parent, which no x explains.</summary>
    internal static double? Exponent(double radius, IReadOnlyList<double> children)
    {
        if (children.Any(r => r >= radius)) return null;
        var (low, high) = (0.0, 64.0);
        for (var i = 0; i < 60; i++)
        {
            var x = (low + high) / 2;
            if (children.Sum(r => Math.Pow(r / radius, x)) > 1) low = x;
            else high = x;
        }

        return (low + high) / 2;
    }

    private static float RadiusOf(VesselTree tree, VesselBranch branch) => tree.Nodes[branch.Nodes[1]].Radius;

    private static double Angle(VesselTree tree, VesselBranch first, VesselBranch second)
    {
        var (a, b) = (Direction(tree, first), Direction(tree, second));
        return Math.Acos(Math.Clamp(Vector2.Dot(a, b), -1f, 1f)) * 180 / Math.PI;
    }

    private static Vector2 Direction(VesselTree tree, VesselBranch branch)
    {
        var end = branch.Nodes[Math.Min(DirectionNodes, branch.Nodes.Count - 1)];
        return Vector2.Normalize(tree.Nodes[end].Position - tree.Nodes[branch.Nodes[0]].Position);
    }

    private static bool IsInside(VesselTree tree, VesselNode node) =>
        node.Position.X >= 0 && node.Position.Y >= 0 && node.Position.X < tree.CanvasSize && node.Position.Y < tree.CanvasSize;
}
