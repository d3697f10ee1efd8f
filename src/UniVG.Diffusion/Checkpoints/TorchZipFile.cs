using System.IO.Compression;
using UniVG.Diffusion.Checkpoints.Pickle;
using UniVG.Diffusion.Runtime;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Checkpoints;

/// <summary>
/// The format of <c>torch.save</c> since PyTorch 1.6: a zip archive with one folder, in it <c>data.pkl</c> and each storage as
/// <c>data/KEY</c>, not compressed. Facts: PyTorch, <c>torch/serialization.py</c>, <c>_save</c>.
/// </summary>
internal sealed class TorchZipFile : ITorchStorages
{
    private const string PickleName = "/data.pkl";
    private const long MaxPickleBytes = 256L << 20;
    private const long MaxPackedBytes = 1L << 30;
    private readonly string _path;
    private readonly string _folder;
    private readonly Dictionary<string, ZipEntry> _entries;
    private readonly MappedFile _map;

    private TorchZipFile(string path, long length, string folder, IReadOnlyList<ZipEntry> entries)
    {
        _path = path;
        _folder = folder;
        _entries = entries.ToDictionary(e => e.Name);
        _map = new MappedFile(path, length);
    }

    public static bool Recognises(ReadOnlySpan<byte> start) => start.StartsWith("PK\u0003\u0004"u8) || start.StartsWith("PK\u0005\u0006"u8);

    public static bool Recognises(string path)
    {
        using var stream = File.OpenRead(path);
        Span<byte> start = stackalloc byte[4];
        return stream.ReadAtLeast(start, 4, throwOnEndOfStream: false) == 4 && Recognises(start);
    }

    public static (object? Root, IReadOnlyCollection<string> Foreign, ITorchStorages Storages) Open(string path)
    {
        using var stream = File.OpenRead(path);
        var entries = ZipDirectory.Read(stream, path);
        var pickle = FindPickle(path, entries);
        var folder = pickle.Name[..^PickleName.Length];
        var file = new TorchZipFile(path, stream.Length, folder, entries);
        file.RefuseBigEndian(stream);

        using var bytes = new MemoryStream(Extract(stream, pickle));
        var reader = new PickleReader(new PickleInput(bytes, path, MaxPickleBytes));
        return (reader.Read(), reader.Foreign, file);
    }

    public void Check(PickleStorage storage)
    {
        var needed = (Int128)storage.Count * SafetensorsDType.SizeOf(storage.DType);
        if (!_entries.TryGetValue(EntryName(storage), out var entry) || storage.ViewOffset != 0 || needed > entry.Length)
        {
            throw new CheckpointException($"'{_path}' does not hold the storage '{storage.Key}' in full.", _path, storage.Key);
        }

        if (!entry.IsStored && entry.Length > MaxPackedBytes)
        {
            throw new CheckpointException(
                $"'{_path}' holds the storage '{storage.Key}' packed, which is read up to {MaxPackedBytes} bytes only; " +
                "zip the file without compression.",
                _path, storage.Key);
        }
    }

    public Tensor Read(PickleStorage storage, long offset, long count)
    {
        Check(storage);
        var entry = _entries[EntryName(storage)];
        var size = SafetensorsDType.SizeOf(storage.DType);
        if (entry.IsStored) return _map.Read(storage.DType, entry.Offset + (offset * size), count);

        TorchRuntime.EnsureLoaded();
        using var stream = File.OpenRead(_path);
        var bytes = Extract(stream, entry);
        var tensor = empty(count, storage.DType).DetachFromDisposeScope();
        bytes.AsSpan((int)(offset * size), (int)(count * size)).CopyTo(tensor.bytes);
        return tensor;
    }

    public void Dispose() => _map.Dispose();

    private static ZipEntry FindPickle(string path, IReadOnlyList<ZipEntry> entries)
    {
        var pickles = entries.Where(e => e.Name.EndsWith(PickleName, StringComparison.Ordinal) && e.Name.Count(c => c == '/') == 1).ToList();
        if (pickles.Count != 1)
        {
            var names = CheckpointLoadReport.FirstFew(entries.Select(e => e.Name));
            throw new CheckpointException($"'{path}' is a zip archive but no PyTorch checkpoint (its entries are {names}).", path);
        }

        if (entries.Any(e => e.Name.EndsWith("/constants.pkl", StringComparison.Ordinal)))
        {
            throw new CheckpointException($"'{path}' is a TorchScript program, which is never run; use a checkpoint of weights.", path);
        }

        return pickles[0].Length <= MaxPickleBytes ? pickles[0] : throw new CheckpointException(
            $"'{path}' has a pickle of {pickles[0].Length} bytes, over the limit of {MaxPickleBytes}.", path);
    }

    // The claimed length was checked against the stored one, so a bomb cannot make this large.
    private static byte[] Extract(Stream stream, ZipEntry entry)
    {
        var bytes = new byte[entry.Length];
        stream.Position = entry.Offset;
        if (entry.IsStored)
        {
            stream.ReadExactly(bytes);
            return bytes;
        }

        using var packed = new DeflateStream(stream, CompressionMode.Decompress, leaveOpen: true);
        packed.ReadExactly(bytes);
        return bytes;
    }

    private string EntryName(PickleStorage storage) => $"{_folder}/data/{storage.Key}";

    private void RefuseBigEndian(Stream stream)
    {
        if (_entries.TryGetValue($"{_folder}/byteorder", out var entry) && entry.Length < 16
            && Extract(stream, entry).AsSpan().StartsWith("big"u8))
        {
            throw new CheckpointException($"'{_path}' was written by a big-endian machine, which is not supported.", _path);
        }
    }
}
