using System.Globalization;
using System.Text;
using System.Text.Json;
using UniVG.Kernel.Jupyter.Protocol;

namespace UniVG.Kernel.Jupyter;

/// <summary>
/// Messages as ZeroMQ frames: identities, delimiter, signature, header, parent header, metadata, content, buffers
/// (Jupyter's "Messaging in Jupyter", The Wire Protocol).
/// </summary>
internal sealed class WireFormat(MessageSigner signer)
{
    private static readonly byte[] Delimiter = "<IDS|MSG>"u8.ToArray();
    private static readonly byte[] EmptyObject = "{}"u8.ToArray();

    private readonly string _session = Guid.NewGuid().ToString("N");
    private long _messages;

    /// <summary>Reads a message; null when it is malformed or not signed by who knows the key.</summary>
    public WireMessage? Parse(IReadOnlyList<byte[]> frames)
    {
        var delimiter = 0;
        while (delimiter < frames.Count && !frames[delimiter].AsSpan().SequenceEqual(Delimiter)) delimiter++;
        if (frames.Count < delimiter + 6) return null;

        var (header, parent, metadata, content) = (frames[delimiter + 2], frames[delimiter + 3], frames[delimiter + 4], frames[delimiter + 5]);
        if (!signer.Verify(frames[delimiter + 1], header, parent, metadata, content)) return null;
        return TypeOf(header) is { } type ? new WireMessage([.. frames.Take(delimiter)], header, type, content) : null;
    }

    /// <summary>Builds the frames of a message.</summary>
    /// <param name="identities">The routing frames, or the topic of a broadcast.</param>
    /// <param name="type">The message type.</param>
    /// <param name="parent">The request that it answers; null for none.</param>
    /// <param name="content">The content; one of the protocol's records.</param>
    public IReadOnlyList<byte[]> Build(IEnumerable<byte[]> identities, string type, WireMessage? parent, object content)
    {
        var header = JsonSerializer.SerializeToUtf8Bytes(NewHeader(type), JupyterJson.Default.MessageHeader);
        var parentHeader = parent?.RawHeader ?? EmptyObject;
        var body = JsonSerializer.SerializeToUtf8Bytes(content, content.GetType(), JupyterJson.Default);
        var signature = Encoding.ASCII.GetBytes(signer.Sign(header, parentHeader, EmptyObject, body));
        return [.. identities, Delimiter, signature, header, parentHeader, EmptyObject, body];
    }

    private MessageHeader NewHeader(string type) => new(
        $"{_session}_{Interlocked.Increment(ref _messages)}",
        _session,
        type,
        KernelIdentity.Name,
        DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture),
        MessageHeader.ProtocolVersion);

    private static string? TypeOf(byte[] header)
    {
        try
        {
            return JsonSerializer.Deserialize(header, JupyterJson.Default.MessageHeader)?.MsgType;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
