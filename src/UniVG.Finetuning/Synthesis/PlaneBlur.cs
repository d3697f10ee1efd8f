namespace UniVG.Finetuning.Synthesis;

/// <summary>Blur of a square plane.</summary>
internal static class PlaneBlur
{
    /// <summary>Two box passes each way (a triangular kernel of ± 2 radius pixels), borders repeated.</summary>
    public static float[] Apply(float[] plane, int size, int radius)
    {
        if (radius < 1) return plane;
        var (a, b) = ((float[])plane.Clone(), new float[plane.Length]);
        for (var pass = 0; pass < 2; pass++)
        {
            BoxRowsTransposed(a, b, size, radius);
            BoxRowsTransposed(b, a, size, radius);
        }

        return a;
    }

    private static void BoxRowsTransposed(float[] source, float[] target, int size, int radius)
    {
        var weight = 1f / ((2 * radius) + 1);
        for (var y = 0; y < size; y++)
        {
            var row = source.AsSpan(y * size, size);
            var sum = row[0] * radius;
            for (var x = 0; x <= radius; x++) sum += row[Math.Min(x, size - 1)];
            for (var x = 0; x < size; x++)
            {
                target[(x * size) + y] = sum * weight;
                sum += row[Math.Min(x + radius + 1, size - 1)] - row[Math.Max(x - radius, 0)];
            }
        }
    }
}
