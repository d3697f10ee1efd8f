using System.Buffers.Binary;
using System.IO.Compression;

namespace UniVG.Diffusion.Images;

/// <summary>
/// Reads the full depth of 16-bit grey PNG files, of which SkiaSharp gives the upper byte only (PNG specification, chunks and
/// filters).
/// </summary>
internal static class Gray16Png
{
    private const int BytesPerPixel = 2;
    private static readonly byte[] Signature = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Whether the bytes are a PNG file with 16-bit grey samples, not interlaced.</summary>
    public static bool IsMatch(ReadOnlySpan<byte> file)
    {
        if (file.Length < 33 || !file.StartsWith(Signature)) return false;
        var (bitDepth, colorType, interlacing) = (file[24], file[25], file[28]);
        return bitDepth == 16 && colorType == 0 && interlacing == 0;
    }

    /// <summary>Reads the picture through a window.</summary>
    /// <exception cref="InvalidDataException">The data are faulty.</exception>
    /// <exception cref="EndOfStreamException">The data end too early.</exception>
    public static RgbImage Read(byte[] file, GrayWindow window)
    {
        var width = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(16));
        var image = new RgbImage(width, BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(20)));
        using var samples = new ZLibStream(CollectData(file), CompressionMode.Decompress);
        var above = new byte[image.Width * BytesPerPixel];
        var row = new byte[above.Length];
        for (var y = 0; y < image.Height; y++)
        {
            var filter = samples.ReadByte();
            samples.ReadExactly(row);
            Unfilter(filter, row, above);
            for (var x = 0; x < image.Width; x++)
            {
                var value = window.Show(BinaryPrimitives.ReadUInt16BigEndian(row.AsSpan(x * BytesPerPixel)));
                image.Pixels.AsSpan(((y * image.Width) + x) * 3, 3).Fill(value);
            }

            (row, above) = (above, row);
        }

        return image;
    }

    // The compressed data, which may be cut into several IDAT chunks.
    private static MemoryStream CollectData(byte[] file)
    {
        var data = new MemoryStream();
        for (var at = Signature.Length; at + 8 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            if (length < 0 || length > file.Length - at - 8) throw new InvalidDataException("a chunk is longer than the file");
            if (file.AsSpan(at + 4, 4).SequenceEqual("IDAT"u8)) data.Write(file, at + 8, length);
            at += length + 12;
        }

        data.Position = 0;
        return data;
    }

    private static void Unfilter(int filter, byte[] row, byte[] above)
    {
        for (var i = 0; i < row.Length; i++)
        {
            var left = i >= BytesPerPixel ? row[i - BytesPerPixel] : 0;
            var corner = i >= BytesPerPixel ? above[i - BytesPerPixel] : 0;
            row[i] += (byte)(filter switch
            {
                0 => 0,
                1 => left,
                2 => above[i],
                3 => (left + above[i]) / 2,
                4 => Paeth(left, above[i], corner),
                _ => throw new InvalidDataException($"there is no row filter {filter}"),
            });
        }
    }

    private static int Paeth(int left, int above, int corner)
    {
        var estimate = left + above - corner;
        var (toLeft, toAbove, toCorner) = (Math.Abs(estimate - left), Math.Abs(estimate - above), Math.Abs(estimate - corner));
        return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    }
}
