using System.Buffers.Binary;
using SkiaSharp;

namespace UniVG.Diffusion.Images;

/// <summary>Finds the rotation mark in PNG and WebP files, where SkiaSharp does not look for it (eXIf and EXIF chunks, tag 0x0112).</summary>
internal static class ExifOrientation
{
    private const int OrientationTag = 0x0112;
    private const int EntrySize = 12;

    /// <summary>Where the file's first pixel belongs; null where the file does not say.</summary>
    public static SKEncodedOrigin? Find(ReadOnlySpan<byte> file)
    {
        if (file.Length > 8 && file[1..4].SequenceEqual("PNG"u8)) return Of(Chunk(file[8..], "eXIf"u8, isPng: true));
        return file.Length > 12 && file.StartsWith("RIFF"u8) && file[8..12].SequenceEqual("WEBP"u8) ? Of(Chunk(file[12..], "EXIF"u8, isPng: false)) : null;
    }

    // PNG: length, name, content, checksum. WebP: name, length, content, filled up to an even length.
    private static ReadOnlySpan<byte> Chunk(ReadOnlySpan<byte> chunks, ReadOnlySpan<byte> name, bool isPng)
    {
        while (chunks.Length >= 8)
        {
            var length = isPng ? BinaryPrimitives.ReadUInt32BigEndian(chunks) : BinaryPrimitives.ReadUInt32LittleEndian(chunks[4..]);
            if (length > chunks.Length - 8) break;
            if ((isPng ? chunks[4..8] : chunks[..4]).SequenceEqual(name)) return chunks.Slice(8, (int)length);
            chunks = chunks[(int)Math.Min(chunks.Length, 8L + length + (isPng ? 4 : length % 2))..];
        }

        return [];
    }

    // The first directory of a TIFF structure.
    private static SKEncodedOrigin? Of(ReadOnlySpan<byte> exif)
    {
        if (exif.StartsWith("Exif\0\0"u8)) exif = exif[6..];
        if (exif.Length < 8) return null;
        var isBig = exif[0] == 'M';
        var at = Number(exif[4..], 4);
        if (at > exif.Length - 2) return null;
        var entries = exif[(int)at..];
        var count = Number(entries, 2);
        for (entries = entries[2..]; count > 0 && entries.Length >= EntrySize; count--, entries = entries[EntrySize..])
        {
            if (Number(entries, 2) != OrientationTag) continue;
            var origin = Number(entries[8..], 2);
            return origin is >= 1 and <= 8 ? (SKEncodedOrigin)origin : null;
        }

        return null;

        long Number(ReadOnlySpan<byte> from, int bytes) => (isBig, bytes) switch
        {
            (true, 2) => BinaryPrimitives.ReadUInt16BigEndian(from),
            (false, 2) => BinaryPrimitives.ReadUInt16LittleEndian(from),
            (true, _) => BinaryPrimitives.ReadUInt32BigEndian(from),
            _ => BinaryPrimitives.ReadUInt32LittleEndian(from),
        };
    }
}
