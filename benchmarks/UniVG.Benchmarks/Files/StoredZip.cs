using System.Text;

namespace UniVG.Benchmarks.Files;

/// <summary>
/// A zip archive of entries that are not packed (PKWARE's APPNOTE), laid out as PyTorch does: data begin at multiples of 64, which
/// System.IO.Compression cannot do, and checksums are left out, as <c>torch.serialization.set_crc32_options(False)</c> does.
/// </summary>
internal sealed class StoredZip(FileStream stream) : IDisposable
{
    private const int Alignment = 64;
    private const int LocalHeaderBytes = 30;
    private const ushort PaddingField = 0x4246; // "FB", PyTorch's own
    private const ushort Version = 45; // has 64-bit fields
    private readonly List<(byte[] Name, long Length, long Header)> _entries = [];
    private readonly BinaryWriter _writer = new(stream);

    /// <summary>Adds an entry below 4 GiB.</summary>
    public void Add(string name, long length, Action<Stream> write)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        _entries.Add((bytes, length, stream.Position));
        var unpadded = stream.Position + LocalHeaderBytes + bytes.Length + 4;
        var padding = (int)(-unpadded & (Alignment - 1));

        _writer.Write(0x04034b50u);
        WriteCommon(checked((uint)length), bytes.Length, extraLength: 4 + padding);
        _writer.Write(bytes);
        _writer.Write(PaddingField);
        _writer.Write((ushort)padding);
        _writer.Write(new byte[padding]);
        write(stream);
    }

    /// <summary>Writes the directory.</summary>
    public void Dispose()
    {
        var start = stream.Position;
        foreach (var (name, length, header) in _entries)
        {
            _writer.Write(0x02014b50u);
            // Only where 32 bits do not suffice: PyTorch's reader compares those with the file's length.
            var isFar = header >= uint.MaxValue;
            _writer.Write(Version); // made by
            WriteCommon((uint)length, name.Length, extraLength: isFar ? 12 : 0);
            _writer.Write(new byte[10]); // no comment, first disk, no attributes
            _writer.Write(isFar ? uint.MaxValue : (uint)header);
            _writer.Write(name);
            if (!isFar) continue;
            _writer.Write((ushort)1);
            _writer.Write((ushort)8);
            _writer.Write(header);
        }

        WriteEnd(start, stream.Position);
        _writer.Dispose();
    }

    // What local headers and the directory have in common: flags, method and date (none), checksum (none), sizes.
    private void WriteCommon(uint length, int nameLength, int extraLength)
    {
        _writer.Write(Version);
        _writer.Write(new byte[12]);
        _writer.Write(length);
        _writer.Write(length);
        _writer.Write((ushort)nameLength);
        _writer.Write((ushort)extraLength);
    }

    private void WriteEnd(long start, long end)
    {
        _writer.Write(0x06064b50u); // the 64-bit end record
        _writer.Write(44L);
        _writer.Write(Version);
        _writer.Write(Version);
        _writer.Write(0L); // first disk
        _writer.Write((long)_entries.Count);
        _writer.Write((long)_entries.Count);
        _writer.Write(end - start);
        _writer.Write(start);

        _writer.Write(0x07064b50u); // where it is
        _writer.Write(0u);
        _writer.Write(end);
        _writer.Write(1u);

        _writer.Write(0x06054b50u); // the 32-bit one, which only points to it
        _writer.Write(0u);
        _writer.Write(ushort.MaxValue);
        _writer.Write(ushort.MaxValue);
        _writer.Write(uint.MaxValue);
        _writer.Write(uint.MaxValue);
        _writer.Write((ushort)0);
    }
}
