using SkiaSharp;
using UniVG.Diffusion.Images;

namespace UniVG.Notebooks.Displays.Images;

/// <summary>Encodes pictures for displays.</summary>
public static class PngImage
{
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
    /// A data URI small enough to keep in a notebook: PNG up to <paramref name="side"/> pixels, larger pictures scaled down to it and
    /// stored as JPEG.
    /// </summary>
    internal static string DataUri(RgbImage image, int side)
    {
        using var bitmap = ToBitmap(image);
        if (Math.Max(bitmap.Width, bitmap.Height) <= side)
            return "data:image/png;base64," + Convert.ToBase64String(Encode(bitmap, SKEncodedImageFormat.Png, 100));
        var scale = side / (double)Math.Max(bitmap.Width, bitmap.Height);
        var size = new SKSizeI(Math.Max(1, (int)(bitmap.Width * scale)), Math.Max(1, (int)(bitmap.Height * scale)));
        using var smaller = bitmap.Resize(size, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        return "data:image/jpeg;base64," + Convert.ToBase64String(Encode(smaller, SKEncodedImageFormat.Jpeg, 88));
    }

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
}
