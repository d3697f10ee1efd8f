using SkiaSharp;

namespace UniVG.Diffusion.Images;

/// <summary>Applies the rotation mark that cameras write beside a picture (EXIF tag 0x0112).</summary>
internal static class ImageOrientation
{
    /// <summary>Whether the mark exchanges width and height.</summary>
    public static bool SwapsSides(SKEncodedOrigin origin) => origin >= SKEncodedOrigin.LeftTop;

    /// <summary>Turns the stored pixels so that the picture stands upright.</summary>
    public static RgbImage Upright(RgbImage stored, SKEncodedOrigin origin)
    {
        if (origin == SKEncodedOrigin.TopLeft) return stored;

        var upright = SwapsSides(origin) ? new RgbImage(stored.Height, stored.Width) : new RgbImage(stored.Width, stored.Height);
        var (right, bottom) = (stored.Width - 1, stored.Height - 1);
        for (var y = 0; y < upright.Height; y++)
        for (var x = 0; x < upright.Width; x++)
        {
            // Named after the place of the stored picture's first row and first column.
            var (column, row) = origin switch
            {
                SKEncodedOrigin.TopRight => (right - x, y),
                SKEncodedOrigin.BottomRight => (right - x, bottom - y),
                SKEncodedOrigin.BottomLeft => (x, bottom - y),
                SKEncodedOrigin.LeftTop => (y, x),
                SKEncodedOrigin.RightTop => (y, bottom - x),
                SKEncodedOrigin.RightBottom => (right - y, bottom - x),
                _ => (right - y, x),
            };
            var source = stored.Pixels.AsSpan(((row * stored.Width) + column) * 3, 3);
            source.CopyTo(upright.Pixels.AsSpan(((y * upright.Width) + x) * 3));
        }

        return upright;
    }
}
