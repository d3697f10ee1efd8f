using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace UniVG.Kernel.Jupyter;

/// <summary>A message that a client sent.</summary>
/// <param name="Identities">The routing frames; an answer repeats them.</param>
/// <param name="RawHeader">The header's bytes; they are the parent header of everything that answers.</param>
/// <param name="Type">The message type, such as <c>execute_request</c>.</param>
/// <param name="RawContent">The content's bytes.</param>
internal sealed record WireMessage(IReadOnlyList<byte[]> Identities, byte[] RawHeader, string Type, byte[] RawContent)
{
    /// <summary>When it arrived, by <see cref="Stopwatch"/>.</summary>
    public long ReceivedAt { get; } = Stopwatch.GetTimestamp();

    /// <summary>Reads the content.</summary>
    /// <exception cref="JsonException">The content is not what the type promises.</exception>
    public T Read<T>(JsonTypeInfo<T> type) => JsonSerializer.Deserialize(RawContent, type) ?? throw new JsonException($"{Type} has no content.");
}
