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
        var (columns, rows) = (weights(image.Width, width), weights(image.Height, height));
        var resized = RgbImage.Unwritten(width, height);
        var window = new ResizedRows(image, columns, depth: rows.Max(row => row.Weights.Length));
        for (var y = 0; y < height; y++)
        {
            window.MoveTo(rows[y].First, rows[y].Weights.Length);
            window.Combine(rows[y].Weights, resized.Pixels.AsSpan(y * width * 3, width * 3));
        }

        return resized;
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
