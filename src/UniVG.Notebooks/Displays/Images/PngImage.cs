using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using SkiaSharp;
using UniVG.Diffusion.Images;

namespace UniVG.Notebooks.Displays.Images;

/// <summary>Encodes pictures for displays.</summary>
public static class PngImage
{
    private const int SmallestSide = 48;

    /// <summary>What is tried, best first, before a picture is made smaller.</summary>
    private static readonly int[] JpegQualities = [88, 72];

    // A live panel shows the same pictures many times a second for a while; the table lets go of them with the pictures.
    private static readonly ConditionalWeakTable<RgbImage, ConcurrentDictionary<(int Side, bool Lossy, int Budget), string>> DataUris = [];

    /// <summary>Encodes a picture as PNG.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="parameters">How it was made, stored in the text chunk <c>parameters</c> that A1111 and others read; null for none.</param>
    public static byte[] Encode(RgbImage image, GenerationParameters? parameters = null)
    {
        using var bitmap = ToBitmap(image);
        var png = Encode(bitmap, SKEncodedImageFormat.Png, 100);
        return parameters is null ? png : PngChunks.WithText(png, "parameters", parameters.ToString());
    }

    /// <summary>
    /// A data URI small enough to keep in a notebook: PNG up to <paramref name="side"/> pixels (JPEG if <paramref name="lossy"/>),
    /// larger pictures scaled down to it and stored as JPEG; what does not fit the budget as JPEG of lower quality, and then smaller.
    /// </summary>
    /// <param name="image">The picture.</param>
    /// <param name="side">The longest side in pixels.</param>
    /// <param name="lossy">Whether small pictures are stored as JPEG too.</param>
    /// <param name="budget">The most characters; only exceeded by a picture that is small already.</param>
    internal static string DataUri(RgbImage image, int side, bool lossy, int budget)
        => DataUris.GetOrCreateValue(image).GetOrAdd((side, lossy, budget), _ => CreateDataUri(image, side, lossy, budget));

    /// <summary>Copies the pixels into a Skia bitmap.</summary>
    internal static SKBitmap ToBitmap(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var bitmap = new SKBitmap(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        var target = bitmap.GetPixelSpan();
        for (int from = 0, to = 0; from < image.Pixels.Length; from += 3, to += 4)
        {
            image.Pixels.AsSpan(from, 3).CopyTo(target[to..]);
            target[to + 3] = byte.MaxValue;
        }

        return bitmap;
    }

    /// <summary>Encodes a bitmap.</summary>
    internal static byte[] Encode(SKBitmap bitmap, SKEncodedImageFormat format, int quality)
    {
        using var data = bitmap.Encode(format, quality);
        return data.ToArray();
    }

    private static string CreateDataUri(RgbImage image, int side, bool lossy, int budget)
    {
        using var bitmap = ToBitmap(image);
        var longest = Math.Max(image.Width, image.Height);
        if (!lossy && longest <= side)
        {
            var png = "data:image/png;base64," + Convert.ToBase64String(Encode(bitmap, SKEncodedImageFormat.Png, 100));
            if (png.Length <= budget) return png;
        }

        for (var pixels = Math.Min(side, longest); ; pixels = pixels * 3 / 4)
        {
            foreach (var quality in JpegQualities)
            {
                var jpeg = Jpeg(bitmap, pixels / (double)longest, quality);
                if (jpeg.Length <= budget || (pixels <= SmallestSide && quality == JpegQualities[^1])) return jpeg;
            }
        }
    }

    private static string Jpeg(SKBitmap bitmap, double scale, int quality)
    {
        if (scale >= 1) return "data:image/jpeg;base64," + Convert.ToBase64String(Encode(bitmap, SKEncodedImageFormat.Jpeg, quality));
        var size = new SKSizeI(Math.Max(1, (int)(bitmap.Width * scale)), Math.Max(1, (int)(bitmap.Height * scale)));
        using var smaller = bitmap.Resize(size, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        return Jpeg(smaller, 1, quality);
    }
}
