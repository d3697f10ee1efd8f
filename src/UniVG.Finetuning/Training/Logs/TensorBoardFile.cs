using System.Buffers.Binary;
using System.Globalization;
using Google.Protobuf;
using UniVG.Diffusion;

namespace UniVG.Finetuning.Training.Logs;

/// <summary>
/// A TensorBoard event file: a sequence of records, each its length (uint64), the length's <see cref="MaskedCrc32C"/>, a protobuf
/// <c>Event</c> and that one's checksum. Only scalars are written, in the form that PyTorch's SummaryWriter gives them.
/// </summary>
public sealed class TensorBoardFile : IDisposable
{
    // Field numbers and values of tensorflow/core/util/event.proto and framework/summary.proto.
    private const int EventWallTime = 1;
    private const int EventStep = 2;
    private const int EventFileVersion = 3;
    private const int EventSummary = 5;
    private const int EventSessionLog = 7;
    private const int SummaryValue = 1;
    private const int ValueTag = 1;
    private const int ValueSimple = 2;
    private const int SessionStatus = 1;
    private const int SessionStart = 1;

    private readonly FileStream _file;
    private readonly TimeProvider _clock;

    /// <summary>Begins a file in a folder, which is created.</summary>
    /// <param name="folder">The folder; TensorBoard reads all event files in it as one run.</param>
    /// <param name="firstStep">
    /// The number of the first step that is going to be logged. Above 1 TensorBoard is told to forget what earlier files say of this
    /// and later steps, as those were lost in a crash.
    /// </param>
    /// <param name="clock">Gives the events' times; null for the system's clock.</param>
    /// <exception cref="UniVGException">The file cannot be created.</exception>
    public TensorBoardFile(string folder, int firstStep = 1, TimeProvider? clock = null)
    {
        _clock = clock ?? TimeProvider.System;
        try
        {
            Directory.CreateDirectory(folder);
            Path = System.IO.Path.Combine(folder, string.Create(
                CultureInfo.InvariantCulture,
                $"events.out.tfevents.{_clock.GetUtcNow().ToUnixTimeSeconds()}.{Environment.MachineName}.{Environment.ProcessId}.{Guid.NewGuid().ToString("N")[..8]}"));
            _file = new FileStream(Path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UniVGException($"The log folder '{folder}' cannot be written to ({e.Message.TrimEnd('.')}); choose another with --log-dir.", e);
        }

        WriteEvent(0, output =>
        {
            output.WriteTag(EventFileVersion, WireFormat.WireType.LengthDelimited);
            output.WriteString("brain.Event:2");
        });
        if (firstStep > 1) WriteEvent(firstStep, output => WriteMessage(output, EventSessionLog, log => WriteEnum(log, SessionStatus, SessionStart)));
        Flush();
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Adds scalars of one step.</summary>
    /// <param name="step">The horizontal axis.</param>
    /// <param name="scalars">Values by tag, such as <c>loss/average</c>.</param>
    public void Write(long step, IEnumerable<KeyValuePair<string, double>> scalars) => WriteEvent(step, output =>
        WriteMessage(output, EventSummary, summary =>
        {
            foreach (var (tag, value) in scalars)
            {
                WriteMessage(summary, SummaryValue, entry =>
                {
                    entry.WriteTag(ValueTag, WireFormat.WireType.LengthDelimited);
                    entry.WriteString(tag);
                    entry.WriteTag(ValueSimple, WireFormat.WireType.Fixed32);
                    entry.WriteFloat((float)value);
                });
            }
        }));

    /// <summary>Hands what was added to the operating system, so that a TensorBoard that is open shows it.</summary>
    public void Flush() => _file.Flush();

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static void WriteEnum(CodedOutputStream output, int field, int value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteEnum(value);
    }

    private static void WriteMessage(CodedOutputStream output, int field, Action<CodedOutputStream> content)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(Encode(content)));
    }

    private static byte[] Encode(Action<CodedOutputStream> content)
    {
        using var buffer = new MemoryStream();
        using (var output = new CodedOutputStream(buffer, leaveOpen: true)) content(output);
        return buffer.ToArray();
    }

    private void WriteEvent(long step, Action<CodedOutputStream> content)
    {
        var data = Encode(output =>
        {
            output.WriteTag(EventWallTime, WireFormat.WireType.Fixed64);
            output.WriteDouble(_clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
            output.WriteTag(EventStep, WireFormat.WireType.Varint);
            output.WriteInt64(step);
            content(output);
        });
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        Span<byte> checksum = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)data.Length);
        _file.Write(length);
        BinaryPrimitives.WriteUInt32LittleEndian(checksum, MaskedCrc32C.Of(length));
        _file.Write(checksum);
        _file.Write(data);
        BinaryPrimitives.WriteUInt32LittleEndian(checksum, MaskedCrc32C.Of(data));
        _file.Write(checksum);
    }
}
