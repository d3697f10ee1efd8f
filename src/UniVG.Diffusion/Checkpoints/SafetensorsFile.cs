using static TorchSharp.torch;

namespace UniVG.Diffusion.Checkpoints;

/// <summary>
/// A <c>.safetensors</c> file (format: huggingface/safetensors). Opening reads and checks the header; tensors are views of the
/// memory-mapped file.
/// </summary>
public sealed class SafetensorsFile : ITensorFile
{
    private readonly Dictionary<string, SafetensorsEntry> _entries;
    private readonly MappedFile _map;
    private readonly long _dataStart;

    private SafetensorsFile(string path, long length, SafetensorsHeader header)
    {
        Path = path;
        Metadata = header.Metadata;
        _dataStart = header.DataStart;
        _entries = new(header.Entries);
        Tensors = new OrderedDictionary<string, TensorInfo>(header.Entries.Select(e => KeyValuePair.Create(e.Key, e.Value.Info)));
        _map = new MappedFile(path, length);
    }

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The names of all tensors, in the order of their data.</summary>
    public IEnumerable<string> Names => Tensors.Keys;

    /// <summary>Opens a file and checks its header; no tensor is read and libtorch is not needed.</summary>
    /// <exception cref="CheckpointException">The file is missing, unreadable, truncated, or its header is wrong.</exception>
    public static SafetensorsFile Open(string path)
    {
        try
        {
            var fullPath = System.IO.Path.GetFullPath(path);
            using var file = File.OpenRead(fullPath);
            var header = SafetensorsHeader.Read(file, path);
            return new SafetensorsFile(fullPath, file.Length, header);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CheckpointException($"'{path}' cannot be opened: {e.Message.TrimEnd('.')}.", path, innerException: e);
        }
    }

    /// <inheritdoc/>
    public Tensor Read(string name)
    {
        if (!_entries.TryGetValue(name, out var entry)) throw new CheckpointException($"'{Path}' holds no tensor '{name}'.", Path, name);
        try
        {
            using var flat = _map.Read(entry.Info.DType, _dataStart + entry.Start, entry.Info.Count);
            return flat.view([.. entry.Info.Shape]).DetachFromDisposeScope();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"The tensor '{name}' of '{Path}' cannot be read: {e.Message.TrimEnd('.')}.", Path, name, e);
        }
    }

    /// <summary>Lets go of the file; tensors that were read stay valid.</summary>
    public void Dispose() => _map.Dispose();
}
