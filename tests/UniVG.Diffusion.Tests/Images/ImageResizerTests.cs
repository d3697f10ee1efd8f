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
