using System.Numerics;

namespace UniVG.Finetuning.Synthesis;

/// <summary>What turns a grown skeleton into vessels: twigs cut, kinks smoothed, bends added, radii by Murray's law.</summary>
internal static class VesselShaping
{
    private const int SmoothingPasses = 2;

    public static VesselTree Finish(
        GrowthOptions options, List<Vector2> grownPositions, List<int> grownParents, SeededRandom random)
    {
        var (positions, parents) = CutTwigs(grownPositions, grownParents, options.PrunedTwigSegments);
        for (var pass = 0; pass < SmoothingPasses; pass++) Smooth(positions, parents);
        if (options.Tortuosity > 0) Bend(positions, options, random);

        var radii = MurrayRadii(parents, options.TrunkRadius);
        var nodes = new VesselNode[positions.Length];
        for (var i = 0; i < nodes.Length; i++) nodes[i] = new VesselNode(parents[i], positions[i], radii[i]);
        return new VesselTree(options.CanvasSize, nodes);
    }

    /// <summary>
    /// Thickening by canalisation: the flux of growth hormone (auxin in leaves) from the tips to the root decides how wide a vessel
    /// becomes. Radii by Murray's law, r³ ∝ flow, so that r³ = Σ r³ of the children at every branching ("The physiological principle of
    /// minimum work", PNAS 1926). Between branchings a vessel tapers: each segment gives off the same flow to side branches too
    /// fine to draw, a tip to several. Scaled so that the thickest root has the trunk's radius.
    /// </summary>
    private static float[] MurrayRadii(int[] parents, float trunkRadius)
    {
        const int TipFlow = 4;
        var children = new int[parents.Length];
        foreach (var parent in parents)
        {
            if (parent >= 0) children[parent]++;
        }

        var flow = new int[parents.Length];
        var greatest = 1;
        for (var i = parents.Length - 1; i >= 0; i--)
        {
            flow[i] += children[i] switch { 0 => TipFlow, 1 => 1, _ => 0 };
            if (parents[i] >= 0) flow[parents[i]] += flow[i];
            else greatest = Math.Max(greatest, flow[i]);
        }

        return [.. flow.Select(f => trunkRadius * MathF.Cbrt(f / (float)greatest))];
    }

    private static (Vector2[] Positions, int[] Parents) CutTwigs(List<Vector2> positions, List<int> parents, int shortest)
    {
        var kept = KeepLongBranches(parents, shortest);
        var newIndex = new int[parents.Count];
        var (keptPositions, keptParents) = (new List<Vector2>(), new List<int>());
        for (var i = 0; i < parents.Count; i++)
        {
            if (!kept[i]) continue;
            newIndex[i] = keptPositions.Count;
            keptPositions.Add(positions[i]);
            keptParents.Add(parents[i] < 0 ? -1 : newIndex[parents[i]]);
        }

        return ([.. keptPositions], [.. keptParents]);
    }

    // A side branch is as deep as the longest way down it; the deepest branch of a node is its continuation and always stays.
    private static bool[] KeepLongBranches(List<int> parents, int shortest)
    {
        var depth = new int[parents.Count];
        var continuation = new int[parents.Count];
        Array.Fill(continuation, -1);
        for (var i = parents.Count - 1; i >= 0; i--)
        {
            depth[i]++;
            var parent = parents[i];
            if (parent < 0 || depth[i] <= depth[parent]) continue;
            (depth[parent], continuation[parent]) = (depth[i], i);
        }

        var kept = new bool[parents.Count];
        for (var i = 0; i < kept.Length; i++)
        {
            var parent = parents[i];
            kept[i] = parent < 0 || (kept[parent] && (continuation[parent] == i || depth[i] > shortest));
        }

        return kept;
    }

    // Each inner node moves halfway to the middle of its parent and its thickest-to-be child (the first one grown).
    private static void Smooth(Vector2[] positions, int[] parents)
    {
        var firstChild = new int[positions.Length];
        for (var i = positions.Length - 1; i > 0; i--)
        {
            if (parents[i] >= 0) firstChild[parents[i]] = i;
        }

        var old = (Vector2[])positions.Clone();
        for (var i = 0; i < positions.Length; i++)
        {
            if (parents[i] < 0 || firstChild[i] == 0) continue;
            positions[i] = (old[i] * 0.5f) + ((old[parents[i]] + old[firstChild[i]]) * 0.25f);
        }
    }

    // A smooth random displacement of the whole plane: neighbouring vessels bend, nothing tears, roots stay near the border.
    private static void Bend(Vector2[] positions, GrowthOptions options, SeededRandom random)
    {
        var waves = new (Vector2 Frequency, float Phase, Vector2 Shift)[6];
        for (var i = 0; i < waves.Length; i++)
        {
            var angle = random.NextFloat(0, MathF.Tau);
            var frequency = random.NextFloat(3, 9) * MathF.Tau / options.CanvasSize;
            var direction = new Vector2(MathF.Cos(angle), MathF.Sin(angle));
            waves[i] = (direction * frequency, random.NextFloat(0, MathF.Tau), new Vector2(-direction.Y, direction.X));
        }

        var amplitude = 2 * options.Tortuosity / waves.Length;
        for (var i = 0; i < positions.Length; i++)
        {
            var point = positions[i];
            foreach (var (frequency, phase, shift) in waves)
                positions[i] += shift * (amplitude * MathF.Sin(Vector2.Dot(frequency, point) + phase));
        }
    }
}
