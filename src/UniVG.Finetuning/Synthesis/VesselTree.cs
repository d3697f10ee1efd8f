namespace UniVG.Finetuning.Synthesis;

/// <summary>Vessels as a forest: one tree for each root, nodes ordered so that a parent comes before its children.</summary>
public sealed class VesselTree
{
    /// <summary>Wraps the nodes (not copied).</summary>
    /// <param name="canvasSize">Side of the square canvas, in the nodes' units.</param>
    /// <param name="nodes">The nodes, parents before children.</param>
    public VesselTree(float canvasSize, IReadOnlyList<VesselNode> nodes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(canvasSize);
        ArgumentNullException.ThrowIfNull(nodes);
        for (var i = 0; i < nodes.Count; i++)
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(nodes[i].Parent, i, nameof(nodes));

        CanvasSize = canvasSize;
        Nodes = nodes;
    }

    /// <summary>Side of the square canvas; positions may lie a little outside it.</summary>
    public float CanvasSize { get; }

    /// <summary>All nodes, parents before children.</summary>
    public IReadOnlyList<VesselNode> Nodes { get; }

    /// <summary>How many children each node has: 0 at a tip, 2 or more at a branching.</summary>
    public int[] CountChildren()
    {
        var counts = new int[Nodes.Count];
        foreach (var node in Nodes)
        {
            if (node.Parent >= 0) counts[node.Parent]++;
        }

        return counts;
    }

    /// <summary>
    /// The order of each node's vessel (Strahler 1957): 1 at a tip; the highest of its children's orders, one more where two share it.
    /// </summary>
    public int[] StrahlerOrders()
    {
        var (orders, shared) = (new int[Nodes.Count], new bool[Nodes.Count]);
        for (var i = Nodes.Count - 1; i >= 0; i--)
        {
            orders[i] = Math.Max(1, orders[i] + (shared[i] ? 1 : 0));
            var parent = Nodes[i].Parent;
            if (parent < 0) continue;
            shared[parent] = orders[i] == orders[parent] || (shared[parent] && orders[i] < orders[parent]);
            orders[parent] = Math.Max(orders[parent], orders[i]);
        }

        return orders;
    }
}
