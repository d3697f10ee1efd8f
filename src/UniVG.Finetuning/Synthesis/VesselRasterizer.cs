using System.Numerics;

namespace UniVG.Finetuning.Synthesis;

/// <summary>Draws a vessel tree as anti-aliased capsules, one for each segment, from the exact distance to its axis.</summary>
public static class VesselRasterizer
{
    /// <summary>Draws a tree at its own radii.</summary>
    /// <param name="tree">The tree; its canvas fills the grid.</param>
    /// <param name="size">Pixels on a side.</param>
    /// <param name="minimumRadius">Thinner vessels are drawn at this radius, in canvas units, so that they stay visible.</param>
    public static VesselRaster Draw(VesselTree tree, int size, float minimumRadius = 0)
    {
        ArgumentNullException.ThrowIfNull(tree);
        return Draw(tree, size, node => MathF.Max(node.Radius, minimumRadius));
    }

    /// <summary>Draws the vessels' axes as lines one pixel wide.</summary>
    public static VesselRaster DrawCenterlines(VesselTree tree, int size)
    {
        ArgumentNullException.ThrowIfNull(tree);
        return Draw(tree, size, _ => 0.5f * tree.CanvasSize / size);
    }

    private static VesselRaster Draw(VesselTree tree, int size, Func<VesselNode, float> radiusOf)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        var raster = new VesselRaster(size, new float[size * size], new float[size * size]);
        var scale = size / tree.CanvasSize;
        foreach (var node in tree.Nodes)
        {
            if (node.Parent < 0) continue;
            DrawCapsule(raster, tree.Nodes[node.Parent].Position * scale, node.Position * scale, radiusOf(node) * scale);
        }

        return raster;
    }

    private static void DrawCapsule(VesselRaster raster, Vector2 from, Vector2 to, float radius)
    {
        var reach = new Vector2(radius + 1);
        var (low, high) = (Vector2.Min(from, to) - reach, Vector2.Max(from, to) + reach);
        var (left, right) = (Math.Max((int)low.X, 0), Math.Min((int)high.X, raster.Size - 1));
        var (top, bottom) = (Math.Max((int)low.Y, 0), Math.Min((int)high.Y, raster.Size - 1));
        var axis = to - from;
        var perLength2 = 1 / MathF.Max(axis.LengthSquared(), 1e-9f);
        // A line thinner than a pixel covers at most its own width of it.
        var fullest = MathF.Min(1, 2 * radius);

        for (var y = top; y <= bottom; y++)
        for (var x = left; x <= right; x++)
        {
            var offset = new Vector2(x + 0.5f, y + 0.5f) - from;
            var along = Math.Clamp(Vector2.Dot(offset, axis) * perLength2, 0, 1);
            var distance2 = (offset - (axis * along)).LengthSquared();
            if (distance2 >= (radius + 0.5f) * (radius + 0.5f)) continue;

            var pixel = (y * raster.Size) + x;
            var coverage = MathF.Min(radius + 0.5f - MathF.Sqrt(distance2), fullest);
            raster.Coverage[pixel] = MathF.Max(raster.Coverage[pixel], coverage);
            var depth = MathF.Sqrt(MathF.Max((radius * radius) - distance2, 0.25f * coverage * coverage));
            raster.Depth[pixel] = MathF.Max(raster.Depth[pixel], depth);
        }
    }
}
