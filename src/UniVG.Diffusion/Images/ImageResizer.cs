namespace UniVG.Diffusion.Images;

/// <summary>
/// Resizes pictures as kohya's trainer does: the mean of the covered area when neither side grows (OpenCV's INTER_AREA), else a
/// Lanczos kernel of three lobes (Pillow's LANCZOS). Equal to those within rounding.
/// </summary>
public static class ImageResizer
{
    private const float Lobes = 3;

    /// <summary>Resizes to exactly the given size; the same object comes back when nothing changes.</summary>
    public static RgbImage Resize(RgbImage image, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (width == image.Width && height == image.Height) return image;

        Func<int, int, ResizeWeights[]> weights = width <= image.Width && height <= image.Height ? Area : Lanczos;
        var rows = ResizeRows(image, weights(image.Width, width));
        return ResizeColumns(rows, width, image.Height, weights(image.Height, height));
    }

    // Width × source height × 3 unrounded values.
    private static float[] ResizeRows(RgbImage image, ResizeWeights[] columns)
    {
        var result = new float[columns.Length * image.Height * 3];
        for (var y = 0; y < image.Height; y++)
        for (var x = 0; x < columns.Length; x++)
        {
            var (first, weights) = (columns[x].First, columns[x].Weights);
            var (red, green, blue) = (0f, 0f, 0f);
            var source = ((y * image.Width) + first) * 3;
            foreach (var weight in weights)
            {
                red += weight * image.Pixels[source++];
                green += weight * image.Pixels[source++];
                blue += weight * image.Pixels[source++];
            }

            var target = ((y * columns.Length) + x) * 3;
            (result[target], result[target + 1], result[target + 2]) = (red, green, blue);
        }

        return result;
    }

    private static RgbImage ResizeColumns(float[] source, int width, int sourceHeight, ResizeWeights[] rows)
    {
        var result = new RgbImage(width, rows.Length);
        var stride = source.Length / sourceHeight;
        var sums = new float[stride];
        for (var y = 0; y < rows.Length; y++)
        {
            Array.Clear(sums);
            for (var k = 0; k < rows[y].Weights.Length; k++)
            {
                var weight = rows[y].Weights[k];
                var row = source.AsSpan((rows[y].First + k) * stride, stride);
                for (var i = 0; i < stride; i++) sums[i] += weight * row[i];
            }

            for (var i = 0; i < stride; i++) result.Pixels[(y * stride) + i] = (byte)Math.Clamp(sums[i] + 0.5f, 0, 255);
        }

        return result;
    }

    // Each source pixel counts by how much of it lies under the target pixel.
    private static ResizeWeights[] Area(int from, int to)
    {
        var scale = from / (double)to;
        var table = new ResizeWeights[to];
        for (var i = 0; i < to; i++)
        {
            var (start, end) = (i * scale, (i + 1) * scale);
            var first = Math.Min((int)start, from - 1);
            var last = Math.Min((int)Math.Ceiling(end - 1e-9), from);
            table[i] = ResizeWeights.Normalized(first, last, p => Math.Min(p + 1, end) - Math.Max(p, start));
        }

        return table;
    }

    // When a side shrinks the kernel is stretched by as much, which keeps fine detail from aliasing.
    private static ResizeWeights[] Lanczos(int from, int to)
    {
        var scale = from / (double)to;
        var stretch = Math.Max(scale, 1);
        var table = new ResizeWeights[to];
        for (var i = 0; i < to; i++)
        {
            var center = (i + 0.5) * scale;
            var first = Math.Max((int)(center - (Lobes * stretch) + 0.5), 0);
            var last = Math.Min((int)(center + (Lobes * stretch) + 0.5), from);
            table[i] = ResizeWeights.Normalized(first, last, p => LanczosKernel((p + 0.5 - center) / stretch));
        }

        return table;
    }

    private static double LanczosKernel(double x) => Math.Abs(x) >= Lobes ? 0 : Sinc(x) * Sinc(x / Lobes);

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);
}
