using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Checkpoints;

/// <summary>
/// Writes <c>.safetensors</c> files byte for byte as the reference implementation lays them out: tensors ordered by dtype, then by
/// name, without gaps; the header padded with spaces to a multiple of 8.
/// </summary>
public static class SafetensorsWriter
{
    private const int ChunkElements = 1 << 26;

    // The header is UTF-8 JSON for machines; escaping for HTML would only lengthen it.
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Writes the file in one step: to a temporary file beside it, flushed to the disk, then renamed, so that a reader or a crash
    /// never meets half a file.
    /// </summary>
    /// <param name="path">The file; replaced where it exists. Its folder is created.</param>
    /// <param name="tensors">The tensors by name, on any device, each of a dtype that the format has.</param>
    /// <param name="metadata">Text for the header.</param>
    /// <param name="witness">Given every byte of the file as well, in order, such as a hash of it.</param>
    /// <exception cref="UniVGException">The file cannot be written, or a tensor's dtype is not part of the format.</exception>
    public static void Write(
        string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null, Action<ReadOnlySpan<byte>>? witness = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var layout = Layout(tensors);
        AtomicFile.Write(path, stream => WritePieces(
            piece =>
            {
                stream.Write(piece);
                witness?.Invoke(piece);
            },
            layout, metadata));
    }

    /// <summary>Hands over, piece by piece, what <see cref="Write"/> would write: the header first and as one piece.</summary>
    internal static void WritePieces(Action<ReadOnlySpan<byte>> write, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
        => WritePieces(write, Layout(tensors), metadata);

    private static List<KeyValuePair<string, Tensor>> Layout(IReadOnlyDictionary<string, Tensor> tensors)
    {
        foreach (var (name, tensor) in tensors)
        {
            if (name is "__metadata__") throw new ArgumentException("'__metadata__' cannot be the name of a tensor.", nameof(tensors));
            if (SafetensorsDType.NameOf(tensor.dtype) is null)
            {
                throw new CheckpointException($"'{name}' has the dtype {tensor.dtype}, which safetensors files do not have.", key: name);
            }
        }

        // Ordinal order of UTF-8 bytes; UTF-16 order differs beyond the basic plane.
        return [.. tensors
            .OrderBy(t => SafetensorsDType.RankOf(t.Value.dtype))
            .ThenBy(t => System.Text.Encoding.UTF8.GetBytes(t.Key), Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)))];
    }

    private static byte[] Header(List<KeyValuePair<string, Tensor>> layout, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        buffer.Write(stackalloc byte[8]);
        using (var json = new Utf8JsonWriter(buffer, JsonOptions))
        {
            json.WriteStartObject();
            WriteMetadata(json, metadata);
            long offset = 0;
            foreach (var (name, tensor) in layout) WriteEntry(json, name, tensor, ref offset);
            json.WriteEndObject();
        }

        while (buffer.Length % 8 != 0) buffer.WriteByte((byte)' ');
        var header = buffer.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - 8);
        return header;
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null or { Count: 0 }) return;
        json.WriteStartObject("__metadata__");
        foreach (var (key, value) in metadata) json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, string name, Tensor tensor, ref long offset)
    {
        var end = offset + (tensor.numel() * SafetensorsDType.SizeOf(tensor.dtype));
        json.WriteStartObject(name);
        json.WriteString("dtype", SafetensorsDType.NameOf(tensor.dtype));
        json.WriteStartArray("shape");
        foreach (var size in tensor.shape) json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
        offset = end;
    }

    // From the tensors' own memory where they are on the CPU.
    private static void WritePieces(Action<ReadOnlySpan<byte>> write, List<KeyValuePair<string, Tensor>> layout, IReadOnlyDictionary<string, string>? metadata)
    {
        write(Header(layout, metadata));
        using var noGrad = no_grad();
        foreach (var (_, tensor) in layout)
        {
            using var scope = NewDisposeScope();
            var flat = tensor.detach().cpu().contiguous().view(-1);
            for (long done = 0; done < flat.numel(); done += ChunkElements)
            {
                using var part = flat.narrow(0, done, Math.Min(ChunkElements, flat.numel() - done));
                write(part.bytes);
            }
        }
    }
}
