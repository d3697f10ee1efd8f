using System.Runtime.InteropServices;
using BitMiracle.LibTiff.Classic;
using SkiaSharp;

namespace UniVG.Diffusion.Images;

/// <summary>
/// Reads TIFF files with LibTiff.NET: strips and tiles, all its compressions, palette, grey, RGB, CMYK and YCbCr of up to 8 bits; grey and
/// RGB of 16-bit, 32-bit and floating-point samples. Of several pages, the first.
/// </summary>
internal static class TiffImage
{
    /// <summary>What LibTiff's messages call the file.</summary>
    public const string StreamName = "tiff-picture";

    static TiffImage() => Tiff.SetErrorHandler(new TiffMessages());

    /// <summary>Whether the bytes begin as a TIFF or BigTIFF file, of either byte order.</summary>
    public static bool IsMatch(ReadOnlySpan<byte> file) =>
        file.StartsWith("II*\0"u8) || file.StartsWith("MM\0*"u8) || file.StartsWith("II+\0"u8) || file.StartsWith("MM\0+"u8);

    /// <summary>Reads the picture.</summary>
    /// <exception cref="InvalidDataException">The picture is damaged, or of a kind that is not read; the message is a reason.</exception>
    public static StoredImage Read(byte[] bytes, ImageReadOptions options)
    {
        TiffMessages.Clear();
        try
        {
            using var stream = new MemoryStream(bytes);
            using var tiff = Tiff.ClientOpen(StreamName, "r", stream, new TiffStream()) ?? throw Faulty();
            var (width, height) = (Field(tiff, TiffTag.IMAGEWIDTH, 0), Field(tiff, TiffTag.IMAGELENGTH, 0));
            var bits = Field(tiff, TiffTag.BITSPERSAMPLE, 1);
            StoredImage.RequireSize(width, height);
            var origin = (SKEncodedOrigin)Field(tiff, TiffTag.ORIENTATION, 1);
            var pages = tiff.NumberOfDirectories();
            tiff.SetDirectory(0);
            if (bits <= 8) return ReadShallow(tiff, width, height, origin) with { Pages = pages };
            var (colors, alpha, window) = ReadDeep(tiff, width, height, bits).Show(options);
            return new StoredImage(colors, alpha, origin) { Window = window, Pages = pages };
        }
        catch (Exception e) when (e is IndexOutOfRangeException or ArgumentException or OverflowException or NullReferenceException or InvalidCastException
            or DivideByZeroException or EndOfStreamException or NotSupportedException)
        {
            // What LibTiff.NET runs into where a file lies about itself.
            throw new InvalidDataException(TiffMessages.Last ?? "its data are faulty", e);
        }
    }

    private static StoredImage ReadShallow(Tiff tiff, int width, int height, SKEncodedOrigin origin)
    {
        if (!tiff.RGBAImageOK(out var reason)) throw new InvalidDataException(reason.TrimEnd('.'));

        // Asked for in the orientation it is stored in, so that nothing is turned here.
        var raster = new int[width * height];
        if (!tiff.ReadRGBAImageOriented(width, height, raster, (Orientation)origin, stopOnError: true)) throw Faulty();
        var hasAlpha = tiff.GetField(TiffTag.EXTRASAMPLES)?[0].ToInt() > 0;
        var (colors, alpha) = (new RgbImage(width, height), hasAlpha ? new RgbImage(width, height) : null);
        for (var i = 0; i < raster.Length; i++)
        {
            var opacity = Tiff.GetA(raster[i]);
            (colors.Pixels[i * 3], colors.Pixels[(i * 3) + 1], colors.Pixels[(i * 3) + 2]) =
                (Plain(Tiff.GetR(raster[i])), Plain(Tiff.GetG(raster[i])), Plain(Tiff.GetB(raster[i])));
            alpha?.Pixels.AsSpan(i * 3, 3).Fill((byte)opacity);

            // LibTiff multiplies colours by their opacity.
            byte Plain(int value) => (byte)(opacity is 0 or 255 || !hasAlpha ? value : Math.Min(255, ((value * 255) + (opacity / 2)) / opacity));
        }

        return new StoredImage(colors, alpha, origin);
    }

    private static DeepImage ReadDeep(Tiff tiff, int width, int height, int bits)
    {
        var stored = Field(tiff, TiffTag.SAMPLESPERPIXEL, 1);
        var format = (SampleFormat)Field(tiff, TiffTag.SAMPLEFORMAT, (int)SampleFormat.UINT);
        var photometric = (Photometric)Field(tiff, TiffTag.PHOTOMETRIC, (int)Photometric.MINISBLACK);
        if (photometric is not (Photometric.MINISBLACK or Photometric.MINISWHITE or Photometric.RGB))
            throw new InvalidDataException($"{bits}-bit TIFF files of kind {photometric} are not read; save it as grey or RGB");
        var toFloat = Converter(bits, format) ?? throw new InvalidDataException($"{bits}-bit {format} samples are not read; save it with 8 or 16 bits a sample");

        // Channels beyond colour and one opacity carry no meaning here.
        var channels = Math.Min(stored, photometric == Photometric.RGB ? 4 : 2);
        if (photometric == Photometric.RGB && stored < 3) throw new InvalidDataException("it has fewer than three colours");
        if (channels is 2 or 4 && !(tiff.GetField(TiffTag.EXTRASAMPLES)?[0].ToInt() > 0)) channels--;
        var samples = new float[width * height * channels];
        foreach (var block in TiffBlock.Of(tiff, width, height, stored, bits / 8))
        {
            var data = block.Read(tiff) ?? throw Faulty();
            foreach (var (position, pixel, channel) in block.Samples())
                if (channel < channels) samples[(pixel * channels) + channel] = toFloat(data, position);
        }

        double? max = format == SampleFormat.IEEEFP ? null : Math.Pow(2, format == SampleFormat.INT ? bits - 1 : bits) - 1;
        return new DeepImage(width, height, channels, samples, max) { WhiteIsZero = photometric == Photometric.MINISWHITE };
    }

    // LibTiff has brought the bytes into this machine's order.
    private static Func<byte[], int, float>? Converter(int bits, SampleFormat format) => (bits, format) switch
    {
        (16, SampleFormat.INT) => (data, i) => MemoryMarshal.Cast<byte, short>(data)[i],
        (16, SampleFormat.UINT or SampleFormat.VOID) => (data, i) => MemoryMarshal.Cast<byte, ushort>(data)[i],
        (16, SampleFormat.IEEEFP) => (data, i) => (float)MemoryMarshal.Cast<byte, Half>(data)[i],
        (32, SampleFormat.INT) => (data, i) => MemoryMarshal.Cast<byte, int>(data)[i],
        (32, SampleFormat.UINT or SampleFormat.VOID) => (data, i) => MemoryMarshal.Cast<byte, uint>(data)[i],
        (32, SampleFormat.IEEEFP) => (data, i) => MemoryMarshal.Cast<byte, float>(data)[i],
        (64, SampleFormat.IEEEFP) => (data, i) => (float)MemoryMarshal.Cast<byte, double>(data)[i],
        _ => null,
    };

    private static int Field(Tiff tiff, TiffTag tag, int fallback) => tiff.GetFieldDefaulted(tag) is { Length: > 0 } field ? field[0].ToInt() : fallback;

    private static InvalidDataException Faulty() => new(TiffMessages.Last ?? "its data are faulty");
}
