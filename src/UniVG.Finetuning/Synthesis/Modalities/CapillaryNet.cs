using System.Numerics;

namespace UniVG.Finetuning.Synthesis.Modalities;

/// <summary>
/// A net of fine loops, bright along the borders between random cells: cellular noise, second minus first distance
/// (Worley, "A cellular texture basis function", SIGGRAPH 1996).
/// </summary>
internal static class CapillaryNet
{
    /// <summary>Draws the net on size × size pixels: 1 on a capillary, 0 between.</summary>
    public static float[] Draw(int size, int cells, SeededRandom random)
    {
        // One point a cell, with a ring of cells around the picture so that its border needs no special case.
        var stride = cells + 2;
        var points = new Vector2[stride * stride];
        for (var i = 0; i < points.Length; i++)
        {
            var corner = new Vector2((i % stride) - 1, (i / stride) - 1);
            points[i] = corner + new Vector2(random.NextFloat(0.1f, 0.9f), random.NextFloat(0.1f, 0.9f));
        }

        var net = new float[size * size];
        for (var y = 0; y < size; y++)
        for (var x = 0; x < size; x++)
        {
            var point = new Vector2(x + 0.5f, y + 0.5f) * cells / size;
            net[(y * size) + x] = MathF.Max(0, 1 - (3.2f * BorderDistance(points, stride, point)));
        }

        return net;
    }

    private static float BorderDistance(Vector2[] points, int stride, Vector2 point)
    {
        var (first, second) = (float.MaxValue, float.MaxValue);
        var corner = ((int)point.Y * stride) + (int)point.X;
        for (var row = 0; row < 3; row++)
        for (var column = 0; column < 3; column++)
        {
            var distance = Vector2.DistanceSquared(point, points[corner + (row * stride) + column]);
            if (distance < first) (first, second) = (distance, first);
            else if (distance < second) second = distance;
        }

        return MathF.Sqrt(second) - MathF.Sqrt(first);
    }
}
