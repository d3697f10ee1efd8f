using System.Buffers.Binary;
using System.IO.Compression;

namespace UniVG.Diffusion.Images;

/// <summary>
/// Reads the full depth of 16-bit PNG files, of which SkiaSharp gives the upper byte only (PNG specification, chunks, filters and
/// Adam7 interlacing).
/// </summary>
internal static class DeepPng
{
    private const int BytesPerSample = 2;
    private static readonly byte[] Signature = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    // First column, first row, column step and row step of each pass.
    private static readonly (int X, int Y, int Dx, int Dy)[] Plain = [(0, 0, 1, 1)];
    private static readonly (int X, int Y, int Dx, int Dy)[] Adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <summary>Whether the bytes are a PNG file with 16-bit samples.</summary>
    public static bool IsMatch(ReadOnlySpan<byte> file) => file.Length >= 33 && file.StartsWith(Signature) && file[24] == 16;

    /// <summary>Reads the picture.</summary>
    /// <exception cref="InvalidDataException">The data are faulty.</exception>
    /// <exception cref="EndOfStreamException">The data end too early.</exception>
    public static DeepImage Read(byte[] file)
    {
        var (width, height) = (BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(20)));
        var channels = file[25] switch { 0 => 1, 2 => 3, 4 => 2, 6 => 4, var type => throw new InvalidDataException($"there is no 16-bit colour type {type}") };
        if (width < 1 || height < 1 || (long)width * height * channels > Array.MaxLength) throw new InvalidDataException("its size is impossible");
        var samples = new float[width * height * channels];
        using var data = new ZLibStream(CollectData(file), CompressionMode.Decompress);
        foreach (var pass in file[28] == 0 ? Plain : Adam7)
        {
            var columns = (width - pass.X + pass.Dx - 1) / pass.Dx;
            if (columns < 1) continue;
            var above = new byte[columns * channels * BytesPerSample];
            var row = new byte[above.Length];
            for (var y = pass.Y; y < height; y += pass.Dy)
            {
                var filter = data.ReadByte();
                data.ReadExactly(row);
                Unfilter(filter, row, above, channels * BytesPerSample);
                for (var i = 0; i < columns * channels; i++)
                {
                    var x = pass.X + (i / channels * pass.Dx);
                    samples[(((y * width) + x) * channels) + (i % channels)] = BinaryPrimitives.ReadUInt16BigEndian(row.AsSpan(i * BytesPerSample));
                }

                (row, above) = (above, row);
            }
        }

        return new DeepImage(width, height, channels, samples, ushort.MaxValue);
    }

    // The compressed data, which may be cut into several IDAT chunks.
    private static MemoryStream CollectData(byte[] file)
    {
        var data = new MemoryStream();
        for (var at = Signature.Length; at + 8 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            if (length < 0 || length > file.Length - at - 8) throw new EndOfStreamException("the file ends too early");
            if (file.AsSpan(at + 4, 4).SequenceEqual("IDAT"u8)) data.Write(file, at + 8, length);
            at += length + 12;
        }

        data.Position = 0;
        return data;
    }

    private static void Unfilter(int filter, byte[] row, byte[] above, int bytesPerPixel)
    {
        for (var i = 0; i < row.Length; i++)
        {
            var left = i >= bytesPerPixel ? row[i - bytesPerPixel] : 0;
            var corner = i >= bytesPerPixel ? above[i - bytesPerPixel] : 0;
            row[i] += (byte)(filter switch
            {
                0 => 0,
                1 => left,
                2 => above[i],
                3 => (left + above[i]) / 2,
                4 => Paeth(left, above[i], corner),
                -1 => throw new EndOfStreamException("the file ends too early"),
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
