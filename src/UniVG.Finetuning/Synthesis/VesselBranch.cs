using System.Numerics;

namespace UniVG.Finetuning.Synthesis;

/// <summary>A vessel from one branching (or root) to the next (or a tip).</summary>
/// <param name="Nodes">Indices of its nodes from upstream to downstream; the first belongs to the vessel it leaves, too.</param>
/// <param name="Length">Length along the axis, in canvas units.</param>
/// <param name="Chord">Distance of its ends, in canvas units.</param>
/// <param name="MeanRadius">Mean radius along the axis, in canvas units.</param>
/// <param name="Order">Strahler order: 1 for a vessel that ends in a tip.</param>
public sealed record VesselBranch(IReadOnlyList<int> Nodes, double Length, double Chord, double MeanRadius, int Order)
{
    /// <summary>Length of the axis over distance of the ends: 1 when straight.</summary>
    public double Tortuosity => Chord > 0 ? Length / Chord : 1;

    /// <summary>Length over mean diameter.</summary>
    public double LengthToDiameter => Length / (2 * MeanRadius);

    /// <summary>All branches of a forest, in the order in which they end.</summary>
    public static IReadOnlyList<VesselBranch> Of(VesselTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var children = tree.CountChildren();
        var orders = tree.StrahlerOrders();
        var (branches, open) = (new List<VesselBranch>(), new Dictionary<int, List<int>>());
        for (var i = 0; i < tree.Nodes.Count; i++)
        {
            var parent = tree.Nodes[i].Parent;
            if (parent < 0) continue;

            // Parents come first, so a chain that is still open at the parent is known; a root or branching begins a new one.
            if (!open.Remove(parent, out var chain)) chain = [parent];
            chain.Add(i);
            if (children[i] == 1) open[i] = chain;
            else branches.Add(Measure(tree, chain, orders[i]));
        }

        return branches;
    }

    private static VesselBranch Measure(VesselTree tree, List<int> chain, int order)
    {
        var (length, area) = (0.0, 0.0);
        for (var i = 1; i < chain.Count; i++)
        {
            var segment = Vector2.Distance(tree.Nodes[chain[i - 1]].Position, tree.Nodes[chain[i]].Position);
            length += segment;
            area += segment * tree.Nodes[chain[i]].Radius;
        }

        var chord = Vector2.Distance(tree.Nodes[chain[0]].Position, tree.Nodes[chain[^1]].Position);
        return new VesselBranch(chain, length, chord, length > 0 ? area / length : tree.Nodes[chain[^1]].Radius, order);
    }
}
