using SkiaSharp;

namespace UniVG.Diffusion.Images;

/// <summary>Reads what SkiaSharp reads: PNG, JPEG, WebP and BMP.</summary>
internal static class SkiaImage
{
    /// <summary>Reads the picture's 8-bit colours and opacity as stored.</summary>
    /// <exception cref="UniVGException">The bytes are no picture.</exception>
    /// <exception cref="InvalidDataException">The picture is damaged.</exception>
    public static StoredImage Read(byte[] bytes, string path, ImageReadOptions options)
    {
        // The codec keeps the data alive by its own reference.
        using var data = SKData.CreateCopy(bytes);
        using var codec = SKCodec.Create(data)
            ?? throw new UniVGException($"'{path}' is not a picture that can be read; {ImageFile.Formats} are.");
        var origin = codec.EncodedOrigin == SKEncodedOrigin.TopLeft ? ExifOrientation.Find(bytes) ?? codec.EncodedOrigin : codec.EncodedOrigin;
        if (DeepPng.IsMatch(bytes))
        {
            var (colors, alpha, window) = DeepPng.Read(bytes).Show(options);
            return new StoredImage(colors, alpha, origin) { Window = window };
        }

        // No colour space in the request: the stored values, not a conversion of them.
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        using var bitmap = new SKBitmap(info);
        var result = codec.GetPixels(info, bitmap.GetPixels());
        if (result != SKCodecResult.Success) throw new InvalidDataException(Explain(result));
        return FromRgba(bitmap, hasAlpha: codec.Info.AlphaType != SKAlphaType.Opaque, origin);
    }

    private static StoredImage FromRgba(SKBitmap bitmap, bool hasAlpha, SKEncodedOrigin origin)
    {
        var colors = RgbImage.Unwritten(bitmap.Width, bitmap.Height);
        var rgba = bitmap.GetPixelSpan();
        RgbaPixels.CopyColors(rgba, colors.Pixels);
        var alpha = hasAlpha ? RgbImage.Unwritten(bitmap.Width, bitmap.Height) : null;
        if (alpha is not null) RgbaPixels.CopyAlpha(rgba, alpha.Pixels);
        return new StoredImage(colors, alpha, origin);
    }

    private static string Explain(SKCodecResult result) => result switch
    {
        SKCodecResult.IncompleteInput => "the file ends too early",
        SKCodecResult.ErrorInInput => "its data are faulty",
        _ => result.ToString(),
    };
}
