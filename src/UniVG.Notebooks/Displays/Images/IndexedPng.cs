using System.Buffers.Binary;
using System.IO.Compression;
using SkiaSharp;

namespace UniVG.Notebooks.Displays.Images;

/// <summary>
/// Writes drawings of few colours as palette PNGs. Antialiasing only varies a colour's opacity, so a palette of each colour at 16
/// opacities holds every pixel, at a third of the size of RGBA.
/// </summary>
internal static class IndexedPng
{
    private const int Opacities = 15;

    /// <summary>Encodes a picture whose pixels are mixtures of a few colours and transparency.</summary>
    /// <param name="bitmap">The picture.</param>
    /// <param name="colours">At most 17 colours; each pixel becomes the nearest of them, at its own opacity.</param>
    public static byte[] Encode(SKBitmap bitmap, IReadOnlyList<SKColor> colours)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(colours.Count, 255 / Opacities);
        using var png = new MemoryStream();
        png.Write(PngChunks.Signature);
        PngChunks.Write(png, "IHDR", Header(bitmap.Width, bitmap.Height));
        WritePalette(png, colours);
        PngChunks.Write(png, "IDAT", Compress(bitmap, colours));
        PngChunks.Write(png, "IEND", []);
        return png.ToArray();
    }

    private static byte[] Header(int width, int height)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8; // bits a sample
        header[9] = 3; // palette
        return header;
    }

    /// <summary>Entry 0 is transparent; then each colour from faint to opaque.</summary>
    private static void WritePalette(Stream png, IReadOnlyList<SKColor> colours)
    {
        List<byte> palette = [0, 0, 0], alphas = [0];
        foreach (var colour in colours)
        {
            for (var opacity = 1; opacity <= Opacities; opacity++)
            {
                palette.AddRange([colour.Red, colour.Green, colour.Blue]);
                alphas.Add((byte)(opacity * 255 / Opacities));
            }
        }

        PngChunks.Write(png, "PLTE", palette.ToArray());
        PngChunks.Write(png, "tRNS", alphas.ToArray());
    }

    private static byte[] Compress(SKBitmap bitmap, IReadOnlyList<SKColor> colours)
    {
        var entries = new Dictionary<SKColor, byte>();
        var pixels = bitmap.Pixels;
        var row = new byte[1 + bitmap.Width];
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            for (var y = 0; y < bitmap.Height; y++)
            {
                for (var x = 0; x < bitmap.Width; x++)
                    row[1 + x] = Entry(pixels[y * bitmap.Width + x], colours, entries);
                zlib.Write(row);
            }
        }

        return compressed.ToArray();
    }

    private static byte Entry(SKColor pixel, IReadOnlyList<SKColor> colours, Dictionary<SKColor, byte> entries)
    {
        if (entries.TryGetValue(pixel, out var entry))
            return entry;
        var opacity = (pixel.Alpha * Opacities + 127) / 255;
        if (opacity > 0)
        {
            var nearest = Enumerable.Range(0, colours.Count).MinBy(index => Distance(pixel, colours[index]));
            entry = (byte)(1 + nearest * Opacities + opacity - 1);
        }

        return entries[pixel] = entry;
    }

    private static int Distance(SKColor left, SKColor right)
    {
        var (red, green, blue) = (left.Red - right.Red, left.Green - right.Green, left.Blue - right.Blue);
        return red * red + green * green + blue * blue;
    }
}
