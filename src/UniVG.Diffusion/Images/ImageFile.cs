using SkiaSharp;

namespace UniVG.Diffusion.Images;

/// <summary>Reads and writes picture files.</summary>
public static class ImageFile
{
    private const long MaxBytes = 1L << 30;

    /// <summary>The formats that are read, for messages.</summary>
    public const string Formats = "PNG, JPEG, WebP, BMP and TIFF";

    /// <summary>Reads a picture file as <see cref="Read"/>; only its pixels.</summary>
    public static RgbImage Load(string path, ImageReadOptions? options = null) => Read(path, options).Image;

    /// <summary>
    /// Reads a PNG, JPEG, WebP, BMP or TIFF file, told apart by their bytes, as 8-bit RGB. Grey and palette pictures become RGB, deep grey
    /// goes through a window, transparent pixels get a background, and a camera's rotation mark is applied. Embedded colour profiles are
    /// not.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How stored pixels become 8-bit RGB; null for the defaults.</param>
    /// <exception cref="UniVGException">The file is missing, cannot be read, is no picture, or ends too early.</exception>
    public static DecodedImage Read(string path, ImageReadOptions? options = null) => Decode(ReadBytes(path), path, options);

    /// <summary>Reads the bytes of a picture file.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="path">What messages call it.</param>
    /// <param name="options">How stored pixels become 8-bit RGB; null for the defaults.</param>
    /// <exception cref="UniVGException">It is no picture, or ends too early.</exception>
    public static DecodedImage Decode(byte[] bytes, string path, ImageReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        options ??= new ImageReadOptions();
        options.Validate();
        try
        {
            var stored = TiffImage.IsMatch(bytes) ? TiffImage.Read(bytes, options) : SkiaImage.Read(bytes, path, options);
            return stored.Finish(options);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new UniVGException($"'{path}' is a damaged picture ({e.Message.TrimEnd('.')}); replace or remove it.", e);
        }
    }

    /// <summary>Writes an 8-bit RGB PNG; the file appears whole or not at all, but is not waited for to reach the disk.</summary>
    /// <exception cref="UniVGException">The file cannot be written.</exception>
    public static void SavePng(RgbImage image, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var bytes = EncodePng(image);
        AtomicFile.Write(path, stream => stream.Write(bytes), durable: false);
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

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="UniVGException">It is missing, empty, too large, or cannot be read.</exception>
    public static byte[] ReadBytes(string path)
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
}
