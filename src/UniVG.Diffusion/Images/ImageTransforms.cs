namespace UniVG.Diffusion.Images;

/// <summary>Pixel-exact changes of a picture.</summary>
public static class ImageTransforms
{
    /// <summary>Cuts a rectangle out.</summary>
    public static RgbImage Crop(RgbImage image, int left, int top, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(left + width, image.Width);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(top + height, image.Height);
        if (width == image.Width && height == image.Height) return image;

        var cropped = RgbImage.Unwritten(width, height);
        for (var y = 0; y < height; y++)
            image.Pixels.AsSpan((((top + y) * image.Width) + left) * 3, width * 3).CopyTo(cropped.Pixels.AsSpan(y * width * 3));
        return cropped;
    }

    /// <summary>Cuts out the middle; of an odd surplus one pixel more goes at the right and bottom, as in kohya's trainer.</summary>
    public static RgbImage CropCenter(RgbImage image, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Crop(image, (image.Width - width) / 2, (image.Height - height) / 2, width, height);
    }

    /// <summary>Mirrors left and right.</summary>
    public static RgbImage FlipHorizontal(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var flipped = RgbImage.Unwritten(image.Width, image.Height);
        for (var y = 0; y < image.Height; y++)
        for (var x = 0; x < image.Width; x++)
        {
            var source = ((y * image.Width) + (image.Width - 1 - x)) * 3;
            image.Pixels.AsSpan(source, 3).CopyTo(flipped.Pixels.AsSpan(((y * image.Width) + x) * 3));
        }

        return flipped;
    }
}
