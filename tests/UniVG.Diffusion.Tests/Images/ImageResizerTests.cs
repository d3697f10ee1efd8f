using UniVG.Diffusion.Images;

namespace UniVG.Diffusion.Tests.Images;

public class ImageResizerTests
{
    [Fact]
    public void Shrinking_by_a_whole_factor_averages_blocks()
    {
        var image = Gray(4, 2, [0, 100, 10, 20, 100, 200, 30, 40]);

        Assert.Equal([100, 25], GrayOf(ImageResizer.Resize(image, 2, 1)));
    }

    [Fact]
    public void Shrinking_by_a_broken_factor_weighs_pixels_by_overlap()
    {
        // 3 to 2: (0 + 90/2) / 1.5 and (90/2 + 30) / 1.5.
        Assert.Equal([30, 50], GrayOf(ImageResizer.Resize(Gray(3, 1, [0, 90, 30]), 2, 1)));
    }

    [Fact]
    public void Enlarging_matches_the_lanczos_kernel()
    {
        // From the kernel's definition, normalised at the borders: 9.7, -15.8, -33.0, 67.1, 207.8, 288.3.
        Assert.Equal([10, 0, 0, 67, 208, 255], GrayOf(ImageResizer.Resize(Gray(3, 1, [0, 0, 255]), 6, 1)));
    }

    [Theory]
    [InlineData(13, 7)]
    [InlineData(50, 70)]
    [InlineData(31, 90)]
    public void A_flat_picture_stays_flat(int width, int height)
    {
        var resized = ImageResizer.Resize(Gray(31, 23, [.. Enumerable.Repeat((byte)181, 31 * 23)]), width, height);

        Assert.Equal((width, height), (resized.Width, resized.Height));
        Assert.All(resized.Pixels, p => Assert.Equal(181, p));
    }

    // Widths around those of vectors, and both ways of resizing; sums in single precision, in the order of the pixels.
    [Theory]
    [InlineData(40, 30, 39, 17)]
    [InlineData(37, 5, 11, 5)]
    [InlineData(9, 70, 1, 69)]
    [InlineData(1, 1, 23, 3)]
    [InlineData(33, 21, 64, 80)]
    [InlineData(50, 20, 16, 43)]
    public void Every_byte_is_that_of_the_plain_sums(int width, int height, int newWidth, int newHeight)
    {
        var image = new RgbImage(width, height);
        new Random(width).NextBytes(image.Pixels);

        var resized = ImageResizer.Resize(image, newWidth, newHeight);

        var shrinks = newWidth <= width && newHeight <= height;
        var (columns, rows) = (Weights(width, newWidth, shrinks), Weights(height, newHeight, shrinks));
        for (var i = 0; i < resized.Pixels.Length; i++)
        {
            var (y, x, channel) = (i / 3 / newWidth, i / 3 % newWidth, i % 3);
            var sum = 0f;
            foreach (var (row, weight) in rows[y]) sum += weight * columns[x].Aggregate(0f, (s, c) => s + (c.Weight * image.Pixels[(((row * width) + c.Pixel) * 3) + channel]));
            Assert.True((byte)Math.Clamp(sum + 0.5f, 0, 255) == resized.Pixels[i], $"{resized.Pixels[i]} at {x}, {y} is not the rounded {sum}");
        }
    }

    // The covered area, or Lanczos' kernel of three lobes; scaled to the sum 1.
    private static (int Pixel, float Weight)[][] Weights(int from, int to, bool area)
    {
        var scale = from / (double)to;
        var radius = 3 * Math.Max(scale, 1);
        return [.. Enumerable.Range(0, to).Select(i =>
        {
            var center = (i + 0.5) * scale;
            var (first, end) = area
                ? ((int)(i * scale), (int)Math.Ceiling(((i + 1) * scale) - 1e-9))
                : (Math.Max(0, (int)(center - radius + 0.5)), Math.Min(from, (int)(center + radius + 0.5)));
            var weights = Enumerable.Range(first, end - first).Select(p => area
                ? Math.Min(p + 1, (i + 1) * scale) - Math.Max(p, i * scale)
                : Kernel((p + 0.5 - center) / Math.Max(scale, 1))).ToArray();
            return weights.Select((w, k) => (first + k, (float)(w / weights.Sum()))).ToArray();
        })];

        static double Kernel(double x) => Math.Abs(x) >= 3 ? 0 : Sinc(x) * Sinc(x / 3);
        static double Sinc(double x) => x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);
    }

    [Fact]
    public void The_middle_is_cropped_with_the_odd_pixel_at_the_end()
    {
        Assert.Equal([2, 3], GrayOf(ImageTransforms.CropCenter(Gray(5, 1, [1, 2, 3, 4, 5]), 2, 1)));
        Assert.Equal([3, 2, 1], GrayOf(ImageTransforms.FlipHorizontal(Gray(3, 1, [1, 2, 3]))));
    }

    private static RgbImage Gray(int width, int height, byte[] values) =>
        new(width, height, [.. values.SelectMany(v => new[] { v, v, v })]);

    private static byte[] GrayOf(RgbImage image) => [.. image.Pixels.Where((_, i) => i % 3 == 0)];
}
