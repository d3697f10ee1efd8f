using SkiaSharp;

namespace UniVG.Diffusion.Images;

/// <summary>Reads and writes picture files.</summary>
public static class ImageFile
{
    private const long MaxBytes = 1L << 30;

    /// <summary>
    /// Reads a PNG, JPEG, WebP or BMP file as 8-bit RGB. Grey and palette pictures become RGB, transparency is dropped (the
    /// colour under it shows, as in kohya's trainer), and a camera's rotation mark is applied. Embedded colour profiles are not.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="grayWindow">How 16-bit grey PNG files become 8-bit; null keeps their upper byte. No effect on other files.</param>
    /// <exception cref="UniVGException">The file is missing, cannot be read, is no picture, or ends too early.</exception>
    public static RgbImage Load(string path, GrayWindow? grayWindow = null)
    {
        grayWindow?.Validate();
        var bytes = ReadBytes(path);
        using var codec = Open(bytes, path);
        var image = Decode(codec, path);
        if (grayWindow is null || !Gray16Png.IsMatch(bytes)) return ImageOrientation.Upright(image, codec.EncodedOrigin);
        try
        {
            return ImageOrientation.Upright(Gray16Png.Read(bytes, grayWindow), codec.EncodedOrigin);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw Damaged(path, e.Message);
        }
    }

    /// <summary>Writes an 8-bit RGB PNG; the file appears whole or not at all.</summary>
    /// <exception cref="UniVGException">The file cannot be written.</exception>
    public static void SavePng(RgbImage image, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var bytes = EncodePng(image);
        var partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
            File.WriteAllBytes(partial, bytes);
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(partial)) File.Delete(partial);
            throw new UniVGException($"The picture '{path}' cannot be written: {e.Message}", e);
        }
    }

    /// <summary>The bytes of an 8-bit RGB PNG file.</summary>
    public static byte[] EncodePng(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var bitmap = new SKBitmap(new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var rgba = bitmap.GetPixelSpan();
        for (var (i, o) = (0, 0); i < image.Pixels.Length; i += 3, o += 4)
        {
            image.Pixels.AsSpan(i, 3).CopyTo(rgba[o..]);
            rgba[o + 3] = 255;
        }

        using var pixmap = bitmap.PeekPixels();
        using var data = pixmap.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.AllFilters, 6))
            ?? throw new UniVGException(
                $"A picture of {image.Width}×{image.Height} pixels cannot be written as PNG; make it smaller.");
        return data.ToArray();
    }

    private static byte[] ReadBytes(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            // Devices and pipes have no length; reading them could go on for ever.
            using var file = File.OpenRead(path);
            if (!file.CanSeek || file.Length is 0 or > MaxBytes) throw new UniVGException($"The picture '{path}' is empty, larger than 1 GB, or no regular file.");
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UniVGException($"There is no picture '{path}'; check the path.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UniVGException($"The picture '{path}' cannot be read: {e.Message}", e);
        }
    }

    private static SKCodec Open(byte[] bytes, string path)
    {
        // The codec keeps the data alive by its own reference.
        using var data = SKData.CreateCopy(bytes);
        return SKCodec.Create(data) ?? throw new UniVGException(
            $"'{path}' is not a picture that can be read; PNG, JPEG, WebP and BMP are.");
    }

    private static RgbImage Decode(SKCodec codec, string path)
    {
        // No colour space in the request: the stored values, not a conversion of them.
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        using var bitmap = new SKBitmap(info);
        var result = codec.GetPixels(info, bitmap.GetPixels());
        return result == SKCodecResult.Success ? FromRgba(bitmap) : throw Damaged(path, Explain(result));
    }

    private static UniVGException Damaged(string path, string why) =>
        new($"'{path}' is a damaged picture ({why}); replace or remove it.");

    private static RgbImage FromRgba(SKBitmap bitmap)
    {
        var image = new RgbImage(bitmap.Width, bitmap.Height);
        var rgba = bitmap.GetPixelSpan();
        for (var (i, o) = (0, 0); i < image.Pixels.Length; i += 3, o += 4) rgba.Slice(o, 3).CopyTo(image.Pixels.AsSpan(i));
        return image;
    }

    private static string Explain(SKCodecResult result) => result switch
    {
        SKCodecResult.IncompleteInput => "the file ends too early",
        SKCodecResult.ErrorInInput => "its data are faulty",
        _ => result.ToString(),
    };
}
