using System.Buffers.Binary;
using System.Text;

namespace UniVG.Diffusion.Checkpoints;

/// <summary>
/// The central directory of a zip archive (facts: PKWARE's APPNOTE 6.3.10, zip64 included). System.IO.Compression does not tell where an
/// entry's bytes lie, which mapping them needs. Refuses what a checkpoint never has: odd names, overlaps, bombs.
/// </summary>
internal sealed class ZipDirectory
{
    private const uint EndSignature = 0x06054b50;
    private const uint Zip64EndSignature = 0x06064b50;
    private const uint Zip64LocatorSignature = 0x07064b50;
    private const uint EntrySignature = 0x02014b50;
    private const uint LocalSignature = 0x04034b50;
    private const int EndLength = 22;
    private const int LocatorLength = 20;
    private const int EntryLength = 46;
    private const int LocalLength = 30;
    private const int MaxCommentLength = 0xffff;

    // Deflate can pack 1:1032; weights never come near this.
    private const int MaxRatio = 100;
    private readonly Stream _stream;
    private readonly string _path;
    private readonly List<ZipEntry> _entries = [];

    private ZipDirectory(Stream stream, string path)
    {
        _stream = stream;
        _path = path;
    }

    public static IReadOnlyList<ZipEntry> Read(Stream stream, string path)
    {
        var directory = new ZipDirectory(stream, path);
        var (start, count, length) = directory.FindEntries();
        directory.ReadEntries(start, count, length);
        directory.RefuseOverlaps();
        return directory._entries;
    }

    // The end record lies at the very end, before a comment of any length.
    private (long Start, long Count, long Length) FindEntries()
    {
        var tailLength = (int)Math.Min(_stream.Length, EndLength + MaxCommentLength);
        var tailStart = _stream.Length - tailLength;
        var tail = ReadAt(tailStart, tailLength);
        for (var at = tailLength - EndLength; at >= 0; at--)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at)) != EndSignature) continue;
            var end = tail.AsSpan(at);
            return FindZip64(tailStart + at) ?? (
                BinaryPrimitives.ReadUInt32LittleEndian(end[16..]),
                BinaryPrimitives.ReadUInt16LittleEndian(end[10..]),
                BinaryPrimitives.ReadUInt32LittleEndian(end[12..]));
        }

        throw Fault("it is truncated: the directory at its end is missing");
    }

    private (long Start, long Count, long Length)? FindZip64(long endRecord)
    {
        if (endRecord < LocatorLength) return null;
        var locator = ReadAt(endRecord - LocatorLength, LocatorLength);
        if (BinaryPrimitives.ReadUInt32LittleEndian(locator) != Zip64LocatorSignature) return null;
        var record = ReadAt(BinaryPrimitives.ReadInt64LittleEndian(locator.AsSpan(8)), 56);
        if (BinaryPrimitives.ReadUInt32LittleEndian(record) != Zip64EndSignature) throw Fault("its 64-bit directory is damaged");
        return (
            BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(48)),
            BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(32)),
            BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(40)));
    }

    private void ReadEntries(long start, long count, long length)
    {
        if (start < 0 || length < 0 || start > _stream.Length - length || length > int.MaxValue || count < 0 || count > length / EntryLength)
        {
            throw Fault($"its directory claims {count} entries in {length} bytes at {start}");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var directory = ReadAt(start, (int)length).AsSpan();
        for (var i = 0L; i < count; i++)
        {
            if (directory.Length < EntryLength || BinaryPrimitives.ReadUInt32LittleEndian(directory) != EntrySignature)
            {
                throw Fault($"entry {i} of its directory is damaged");
            }

            var (entry, size) = ParseEntry(directory, i);
            if (!names.Add(entry.Name)) throw Fault($"it has two entries named '{entry.Name}'");
            _entries.Add(entry);
            directory = directory[size..];
        }
    }

    private (ZipEntry Entry, int Size) ParseEntry(ReadOnlySpan<byte> record, long index)
    {
        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(record[28..]);
        int extraLength = BinaryPrimitives.ReadUInt16LittleEndian(record[30..]);
        var size = EntryLength + nameLength + extraLength + BinaryPrimitives.ReadUInt16LittleEndian(record[32..]);
        if (record.Length < size) throw Fault($"entry {index} of its directory is cut off");
        var name = Encoding.UTF8.GetString(record.Slice(EntryLength, nameLength));
        RefuseOddName(name);

        var flags = BinaryPrimitives.ReadUInt16LittleEndian(record[8..]);
        var method = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        if ((flags & 1) != 0 || method is not (0 or 8)) throw Fault($"its entry '{name}' is encrypted or packed in an unknown way");
        var (stored, length, header) = Sizes(record, record.Slice(EntryLength + nameLength, extraLength));
        if (method == 0 && stored != length) throw Fault($"its entry '{name}' has two different lengths");
        if (stored < 0 || length < 0 || length / MaxRatio > stored)
        {
            throw Fault($"its entry '{name}' claims {length} bytes packed into {stored}: a zip bomb");
        }

        return (new ZipEntry(name, DataStart(name, header, stored), stored, length, method == 0), size);
    }

    // Fields of 0xffffffff continue in the zip64 extra field, in this order, those only that need it.
    private (long Stored, long Length, long Header) Sizes(ReadOnlySpan<byte> record, ReadOnlySpan<byte> extra)
    {
        long stored = BinaryPrimitives.ReadUInt32LittleEndian(record[20..]);
        long length = BinaryPrimitives.ReadUInt32LittleEndian(record[24..]);
        long header = BinaryPrimitives.ReadUInt32LittleEndian(record[42..]);
        while (extra.Length >= 4)
        {
            int fieldLength = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (fieldLength > extra.Length - 4) break;
            if (BinaryPrimitives.ReadUInt16LittleEndian(extra) == 1)
            {
                var field = extra.Slice(4, fieldLength);
                length = Widen(length, ref field);
                stored = Widen(stored, ref field);
                header = Widen(header, ref field);
            }

            extra = extra[(4 + fieldLength)..];
        }

        return (stored, length, header);
    }

    private long Widen(long value, ref ReadOnlySpan<byte> field)
    {
        if (value != uint.MaxValue) return value;
        if (field.Length < 8) throw Fault("a 64-bit field of its directory is cut off");
        value = BinaryPrimitives.ReadInt64LittleEndian(field);
        field = field[8..];
        return value;
    }

    // Name and extra field are repeated before the data, the latter with another length.
    private long DataStart(string name, long header, long stored)
    {
        var local = ReadAt(header, LocalLength);
        if (BinaryPrimitives.ReadUInt32LittleEndian(local) != LocalSignature) throw Fault($"the header of its entry '{name}' is damaged");
        var start = header + LocalLength + BinaryPrimitives.ReadUInt16LittleEndian(local.AsSpan(26))
            + BinaryPrimitives.ReadUInt16LittleEndian(local.AsSpan(28));
        return stored <= _stream.Length - start ? start : throw Fault($"it ends in the middle of its entry '{name}'");
    }

    private void RefuseOddName(string name)
    {
        var isRooted = name.StartsWith('/') || name.StartsWith('\\') || (name.Length > 1 && name[1] == ':');
        if (isRooted || name.Length == 0 || name.Split('/', '\\').Contains(".."))
        {
            throw Fault($"its entry '{name}' has a name that would lead out of the archive");
        }
    }

    private void RefuseOverlaps()
    {
        long end = 0;
        foreach (var entry in _entries.OrderBy(e => e.Offset))
        {
            if (entry.Offset < end) throw Fault($"its entry '{entry.Name}' overlaps another");
            end = entry.Offset + entry.StoredLength;
        }
    }

    private byte[] ReadAt(long offset, int count)
    {
        if (offset < 0 || offset > _stream.Length - count) throw Fault($"its directory points to byte {offset} of {_stream.Length}");
        var bytes = new byte[count];
        _stream.Position = offset;
        _stream.ReadExactly(bytes);
        return bytes;
    }

    private CheckpointException Fault(string reason) => new($"'{_path}' is not a readable zip archive: {reason}.", _path);
}
