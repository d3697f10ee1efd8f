using System.Buffers.Binary;
using System.Text;

namespace UniVG.Notebooks.Displays.Images;

/// <summary>The container format of PNG: a signature, then chunks of length, type, data and CRC (PNG specification, section 5).</summary>
internal static class PngChunks
{
    /// <summary>Bytes before a chunk's data (length and type), and behind it (CRC).</summary>
    private const int Before = 8, Behind = 4;

    private static readonly uint[] CrcTable = BuildCrcTable();

    /// <summary>The eight bytes every PNG starts with.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Appends a chunk.</summary>
    public static void Write(Stream png, string type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        Span<byte> typeBytes = stackalloc byte[4];
        Encoding.ASCII.GetBytes(type, typeBytes);
        png.Write(typeBytes);
        png.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(typeBytes, data));
        png.Write(number);
    }

    /// <summary>Puts a text chunk behind the header of a finished PNG: tEXt where Latin-1 can hold the text, else iTXt (UTF-8).</summary>
    public static byte[] WithText(byte[] png, string keyword, string text)
    {
        var headerEnd = Signature.Length + Before + BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(Signature.Length)) + Behind;
        using var result = new MemoryStream(png.Length + text.Length + 64);
        result.Write(png, 0, headerEnd);
        if (text.All(character => character is > '\0' and <= '\u00ff'))
            Write(result, "tEXt", [.. Encoding.Latin1.GetBytes(keyword), 0, .. Encoding.Latin1.GetBytes(text)]);
        else // The four zeros: end of keyword, not compressed, compression method, empty language; then the empty translation.
            Write(result, "iTXt", [.. Encoding.Latin1.GetBytes(keyword), 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(text)]);
        result.Write(png, headerEnd, png.Length - headerEnd);
        return result.ToArray();
    }

    private static uint Crc(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
        => ~Update(Update(uint.MaxValue, type), data);

    private static uint Update(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
            crc = CrcTable[(byte)(crc ^ value)] ^ (crc >> 8);
        return crc;
    }

    private static uint[] BuildCrcTable()
    {
        var table = new uint[256];
        for (uint n = 0; n < 256; n++)
        {
            var entry = n;
            for (var bit = 0; bit < 8; bit++)
                entry = (entry & 1) == 0 ? entry >> 1 : 0xEDB88320 ^ (entry >> 1);
            table[n] = entry;
        }

        return table;
    }
}
