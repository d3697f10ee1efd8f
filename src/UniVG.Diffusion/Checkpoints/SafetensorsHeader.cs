using System.Buffers.Binary;
using System.Text.Json;

namespace UniVG.Diffusion.Checkpoints;

/// <summary>
/// The header of a safetensors file: an unsigned 64-bit length, then JSON that gives dtype, shape and place of each tensor.
/// Everything it claims is checked against the file before any tensor is read.
/// </summary>
internal sealed class SafetensorsHeader
{
    // The format allows 100 MB; the largest headers in use (training tags of big data sets) are a few MB.
    private const int MaxLength = 32 << 20;
    private readonly string _path;
    private readonly long _dataLength;
    private readonly List<KeyValuePair<string, SafetensorsEntry>> _entries = [];
    private readonly Dictionary<string, string> _metadata = [];

    private SafetensorsHeader(string path, long dataStart, long dataLength)
    {
        _path = path;
        DataStart = dataStart;
        _dataLength = dataLength;
    }

    /// <summary>Where in the file the data begins.</summary>
    public long DataStart { get; }

    /// <summary>All tensors, in the order of their data; offsets count from <see cref="DataStart"/>.</summary>
    public IReadOnlyList<KeyValuePair<string, SafetensorsEntry>> Entries => _entries;

    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>Whether the first bytes of a file look like a safetensors header rather than text or an archive.</summary>
    public static bool Recognises(ReadOnlySpan<byte> start) =>
        start.Length >= 9 && start[8] == (byte)'{' && BinaryPrimitives.ReadUInt64LittleEndian(start) is > 1 and < (1UL << 32);

    public static SafetensorsHeader Read(Stream file, string path)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (file.ReadAtLeast(prefix, 8, throwOnEndOfStream: false) < 8)
        {
            throw Fault(path, "it is shorter than the 8 bytes of a safetensors header");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > (ulong)(file.Length - 8))
        {
            throw Fault(path, $"its header claims {length} bytes and the file has {file.Length - 8}; it is truncated or no safetensors file");
        }

        if (length > MaxLength) throw Fault(path, $"its header of {length} bytes is over the limit of {MaxLength}");

        var json = new byte[length];
        if (file.ReadAtLeast(json, json.Length, throwOnEndOfStream: false) < json.Length) throw Fault(path, "its header is truncated");
        var dataStart = 8 + (long)length;
        var header = new SafetensorsHeader(path, dataStart, file.Length - dataStart);
        header.Parse(json);
        header.CheckLayout();
        return header;
    }

    private static CheckpointException Fault(string path, string reason, string? key = null, Exception? inner = null) =>
        new($"'{path}' is not a valid safetensors file: {reason}.", path, key, inner);

    private void Parse(byte[] json)
    {
        if (json.Length == 0 || json[0] != (byte)'{') throw Fault(_path, "its header does not begin with '{'");
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.Name == "__metadata__") ParseMetadata(property.Value);
                else _entries.Add(new(property.Name, ParseEntry(property.Name, property.Value)));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that is not valid UTF-8.
            throw Fault(_path, $"its header is not valid JSON ({e.Message.TrimEnd('.')})", inner: e);
        }
    }

    private void ParseMetadata(JsonElement metadata)
    {
        if (metadata.ValueKind != JsonValueKind.Object) throw Fault(_path, "its __metadata__ is not a map of texts");
        foreach (var item in metadata.EnumerateObject())
        {
            if (item.Value.ValueKind != JsonValueKind.String) throw Fault(_path, $"its metadata '{item.Name}' is not a text");
            _metadata.Add(item.Name, item.Value.GetString()!);
        }
    }

    private SafetensorsEntry ParseEntry(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("dtype", out var dtypeName) || dtypeName.ValueKind != JsonValueKind.String
            || !value.TryGetProperty("shape", out var shape)
            || !value.TryGetProperty("data_offsets", out var offsets))
        {
            throw Fault(_path, $"the entry of '{name}' lacks dtype, shape or data_offsets", name);
        }

        var dtype = SafetensorsDType.Parse(dtypeName.GetString()) ?? throw Fault(
            _path, $"'{name}' has the dtype '{dtypeName.GetString()}', which is not one of {SafetensorsDType.KnownNames}", name);
        var place = ParseSizes(name, "data_offsets", offsets);
        if (place.Length != 2 || place[0] > place[1] || place[1] > _dataLength)
        {
            throw Fault(_path, $"'{name}' claims bytes {string.Join("..", place)} of {_dataLength}; the file is truncated or damaged", name);
        }

        var info = new TensorInfo(dtype, ParseSizes(name, "shape", shape));
        if ((Int128)info.Count * SafetensorsDType.SizeOf(dtype) != place[1] - place[0])
        {
            throw Fault(_path, $"'{name}' has {place[1] - place[0]} bytes, which do not hold {info.ShapeText} {dtypeName.GetString()}", name);
        }

        return new SafetensorsEntry(info, place[0], place[1]);
    }

    private long[] ParseSizes(string name, string what, JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Array) throw Fault(_path, $"the {what} of '{name}' are not a list", name);
        var sizes = new long[element.GetArrayLength()];
        var i = 0;
        foreach (var item in element.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out sizes[i]) || sizes[i] < 0)
            {
                throw Fault(_path, $"the {what} of '{name}' hold '{item}', which is not a size", name);
            }

            i++;
        }

        return sizes;
    }

    // The reference reader refuses overlaps, holes and trailing bytes; so does this one.
    private void CheckLayout()
    {
        _entries.Sort((a, b) => (a.Value.Start, a.Value.End).CompareTo((b.Value.Start, b.Value.End)));
        long end = 0;
        foreach (var (name, entry) in _entries)
        {
            if (entry.Start < end) throw Fault(_path, $"the data of '{name}' overlaps another tensor", name);
            if (entry.Start > end) throw Fault(_path, $"{entry.Start - end} bytes before '{name}' belong to no tensor", name);
            end = entry.End;
        }

        if (end != _dataLength) throw Fault(_path, $"{_dataLength - end} bytes at its end belong to no tensor");
    }
}
