using SkiaSharp;

namespace UniVG.Diffusion.Images;

/// <summary>A picture as it lies in its file, before it is turned upright.</summary>
/// <param name="Colors">8-bit colours, not multiplied by alpha.</param>
/// <param name="Alpha">Opacity as a grey picture of the same size, or null.</param>
/// <param name="Origin">Where its first pixel belongs.</param>
internal sealed record StoredImage(RgbImage Colors, RgbImage? Alpha, SKEncodedOrigin Origin)
{
    // A small file may claim any size; this one is 0.5 GiB with four bytes a pixel.
    private const long MaxPixels = 1L << 27;

    /// <summary>The window that made it 8-bit, or null.</summary>
    public GrayWindow? Window { get; init; }

    /// <summary>Pictures in the file.</summary>
    public int Pages { get; init; } = 1;

    /// <summary>Looks at a size before memory is taken for it.</summary>
    /// <exception cref="InvalidDataException">It is more than is read, or none.</exception>
    public static void RequireSize(int width, int height)
    {
        if (width < 1 || height < 1 || (long)width * height > MaxPixels) throw new InvalidDataException($"its size of {width}×{height} pixels is impossible or too large");
    }

    /// <summary>Turns it upright and puts it over the background.</summary>
    public DecodedImage Finish(ImageReadOptions options)
    {
        var (colors, alpha) = (ImageOrientation.Upright(Colors, Origin), Alpha is null ? null : ImageOrientation.Upright(Alpha, Origin));
        if (alpha is not null && !alpha.Pixels.AsSpan().ContainsAnyExcept((byte)255)) alpha = null;
        return new DecodedImage(alpha is null || options.IgnoreAlpha ? colors : Over(colors, alpha, options.Background))
        {
            Alpha = alpha,
            Window = Window,
            Pages = Pages,
        };
    }

    private static RgbImage Over(RgbImage colors, RgbImage alpha, RgbColor background)
    {
        byte[] behind = [background.Red, background.Green, background.Blue];
        var result = new RgbImage(colors.Width, colors.Height);
        for (var i = 0; i < result.Pixels.Length; i++)
        {
            var opacity = alpha.Pixels[i];
            result.Pixels[i] = (byte)(((colors.Pixels[i] * opacity) + (behind[i % 3] * (255 - opacity)) + 127) / 255);
        }

        return result;
    }
}
