using System.Buffers.Binary;
using Google.Protobuf;

namespace UniVG.Finetuning.Tests.Training.Logs;

/// <summary>Reads TensorBoard event files back; checksums by a table-driven CRC-32C of its own.</summary>
internal static class EventFileReader
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(i =>
    {
        var crc = (uint)i;
        for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
        return crc;
    })];

    /// <summary>Step, what else the event says, and its scalars.</summary>
    public sealed record Event(long Step, string? Version, bool IsSessionStart, IReadOnlyDictionary<string, float> Scalars);

    public static uint Crc32C(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data) crc = Table[(byte)(crc ^ value)] ^ (crc >> 8);
        return ~crc;
    }

    public static IReadOnlyList<Event> Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var events = new List<Event>();
        for (var at = 0; at < bytes.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
            AssertChecksum(bytes.AsSpan(at, 8), bytes.AsSpan(at + 8));
            AssertChecksum(bytes.AsSpan(at + 12, length), bytes.AsSpan(at + 12 + length));
            events.Add(ReadEvent(bytes[(at + 12)..(at + 12 + length)]));
            at += 16 + length;
        }

        return events;
    }

    private static void AssertChecksum(ReadOnlySpan<byte> data, ReadOnlySpan<byte> stored)
    {
        var crc = Crc32C(data);
        Assert.Equal(((crc >> 15) | (crc << 17)) + 0xa282ead8, BinaryPrimitives.ReadUInt32LittleEndian(stored));
    }

    private static Event ReadEvent(byte[] data)
    {
        var (step, version, start, scalars) = (0L, (string?)null, false, new Dictionary<string, float>());
        var input = new CodedInputStream(data);
        while (input.ReadTag() is not 0 and var tag)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 1: Assert.InRange(input.ReadDouble(), 1.6e9, 9e9); break;
                case 2: step = input.ReadInt64(); break;
                case 3: version = input.ReadString(); break;
                case 5: ReadSummary(input.ReadBytes().CreateCodedInput(), scalars); break;
                case 7: start = input.ReadBytes().ToByteArray() is [0x08, 0x01]; break;
                default: Assert.Fail($"unknown field {tag >> 3}"); break;
            }
        }

        return new Event(step, version, start, scalars);
    }

    private static void ReadSummary(CodedInputStream summary, Dictionary<string, float> scalars)
    {
        while (summary.ReadTag() is not 0)
        {
            var value = summary.ReadBytes().CreateCodedInput();
            Assert.Equal(10u, value.ReadTag());
            var tag = value.ReadString();
            Assert.Equal(21u, value.ReadTag());
            scalars.Add(tag, value.ReadFloat());
            Assert.True(value.IsAtEnd);
        }
    }
}
