using System.Buffers.Binary;
using System.Text;

namespace UniVG.Diffusion.Checkpoints.Pickle;

/// <summary>The bytes of a pickle. Never allocates more than the file still holds, and stops at a limit.</summary>
/// <param name="stream">The file, at the pickle's first byte.</param>
/// <param name="path">The file, for messages.</param>
/// <param name="limit">The most bytes that are read.</param>
internal sealed class PickleInput(Stream stream, string path, long limit)
{
    private const int MaxLineLength = 4096;

    /// <summary>The number of bytes read so far.</summary>
    public long Position { get; private set; }

    public byte Byte()
    {
        var value = stream.ReadByte();
        if (value < 0 || Position >= limit) throw Fault("it ends in the middle of its pickle");
        Position++;
        return (byte)value;
    }

    public byte[] Bytes(long count)
    {
        if (count < 0 || count > Math.Min(limit - Position, stream.Length - stream.Position)) throw Fault("its pickle ends in the middle of a value");
        var bytes = new byte[count];
        stream.ReadExactly(bytes);
        Position += count;
        return bytes;
    }

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(4));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Bytes(8));

    public double BigEndianDouble() => BinaryPrimitives.ReadDoubleBigEndian(Bytes(8));

    /// <summary>UTF-8; Python's lone surrogates become U+FFFD.</summary>
    public string Text(long count) => Encoding.UTF8.GetString(Bytes(count));

    /// <summary>A line of protocol 0, without its end.</summary>
    public string Line()
    {
        var line = new List<byte>();
        for (var b = Byte(); b != (byte)'\n'; b = Byte())
        {
            if (line.Count == MaxLineLength) throw Fault("its pickle has an endless line");
            line.Add(b);
        }

        return Encoding.UTF8.GetString([.. line]);
    }

    public CheckpointException Fault(string reason, Exception? inner = null) =>
        new($"'{path}' is not a readable PyTorch checkpoint: {reason} (byte {Position} of the pickle).", path, innerException: inner);
}
