using System.Numerics;
using UniVG.Diffusion.Images;

namespace UniVG.Finetuning.Synthesis;

/// <summary>What is known about the pixels of a picture because the vessels behind it are known. Maps are square, rows from the top.</summary>
public static class VesselMaps
{
    /// <summary>How far beyond a vessel's radius a mask may reach, in canvas units: modalities draw the thinnest vessels wider.</summary>
    private const float Slack = 4;

    /// <summary>The axes as 8-connected lines of one pixel (Bresenham 1965).</summary>
    /// <param name="tree">The vessels.</param>
    /// <param name="size">Pixels on a side.</param>
    /// <returns>size × size bytes: 255 on an axis, else 0.</returns>
    public static byte[] Centrelines(VesselTree tree, int size)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        var map = new byte[size * size];
        var scale = size / tree.CanvasSize;
        foreach (var node in tree.Nodes)
        {
            if (node.Parent >= 0) DrawLine(map, size, tree.Nodes[node.Parent].Position * scale, node.Position * scale);
        }

        return map;
    }

    /// <summary>The Strahler order of the vessel whose wall is nearest to each pixel of a mask.</summary>
    /// <param name="tree">The vessels.</param>
    /// <param name="mask">Their mask, a square of bytes; not 0 on a vessel.</param>
    /// <returns>As many bytes: orders from 1 (tips) on, 0 beside vessels.</returns>
    public static byte[] Labels(VesselTree tree, byte[] mask)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(mask);
        var size = (int)Math.Round(Math.Sqrt(mask.Length));
        var scale = size / tree.CanvasSize;
        var orders = tree.StrahlerOrders();
        var (labels, nearest) = (new byte[mask.Length], new float[mask.Length]);
        Array.Fill(nearest, float.PositiveInfinity);
        for (var i = 0; i < tree.Nodes.Count; i++)
        {
            var node = tree.Nodes[i];
            if (node.Parent < 0) continue;
            var (from, to) = (tree.Nodes[node.Parent].Position * scale, node.Position * scale);
            var reach = new Vector2(((node.Radius + Slack) * scale) + 2);
            var (low, high) = (Vector2.Min(from, to) - reach, Vector2.Max(from, to) + reach);
            for (var y = Math.Max((int)low.Y, 0); y <= Math.Min((int)high.Y, size - 1); y++)
            for (var x = Math.Max((int)low.X, 0); x <= Math.Min((int)high.X, size - 1); x++)
            {
                var pixel = (y * size) + x;
                if (mask[pixel] == 0) continue;
                var toWall = DistanceToSegment(new Vector2(x + 0.5f, y + 0.5f), from, to) - (node.Radius * scale);
                if (toWall < nearest[pixel]) (nearest[pixel], labels[pixel]) = (toWall, (byte)orders[i]);
            }
        }

        return labels;
    }

    /// <summary>A map as a grey picture of the same bytes.</summary>
    public static RgbImage ToPicture(byte[] map)
    {
        ArgumentNullException.ThrowIfNull(map);
        var size = (int)Math.Round(Math.Sqrt(map.Length));
        var image = new RgbImage(size, size);
        for (var i = 0; i < image.Pixels.Length; i++) image.Pixels[i] = map[i / 3];
        return image;
    }

    private static float DistanceToSegment(Vector2 point, Vector2 from, Vector2 to)
    {
        var axis = to - from;
        var along = Math.Clamp(Vector2.Dot(point - from, axis) / MathF.Max(axis.LengthSquared(), 1e-9f), 0, 1);
        return Vector2.Distance(point, from + (axis * along));
    }

    private static void DrawLine(byte[] map, int size, Vector2 from, Vector2 to)
    {
        var (x, y) = ((int)MathF.Floor(from.X), (int)MathF.Floor(from.Y));
        var (endX, endY) = ((int)MathF.Floor(to.X), (int)MathF.Floor(to.Y));
        var (spanX, spanY) = (Math.Abs(endX - x), -Math.Abs(endY - y));
        var error = spanX + spanY;
        while (true)
        {
            if (x >= 0 && x < size && y >= 0 && y < size) map[(y * size) + x] = 255;
            if (x == endX && y == endY) return;
            var doubled = 2 * error;
            if (doubled >= spanY) (error, x) = (error + spanY, x + Math.Sign(endX - x));
            if (doubled <= spanX) (error, y) = (error + spanX, y + Math.Sign(endY - y));
        }
    }
}
