using System.Numerics;
using UniVG.Diffusion.Checkpoints.Pickle;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Checkpoints;

/// <summary>
/// The format of <c>torch.save</c> before PyTorch 1.6: five pickles (a magic number, a version, the machine, the object, the names of
/// the storages), then each storage as its element count and its bytes. Facts: PyTorch, <c>torch/serialization.py</c>, <c>_legacy_save</c>.
/// </summary>
internal sealed class TorchLegacyFile : ITorchStorages
{
    private const long MaxPickleBytes = 256L << 20;
    private const long Version = 1001;
    private static readonly BigInteger Magic = BigInteger.Parse("1950a86a20f9469cfc6c", System.Globalization.NumberStyles.HexNumber, null);
    private readonly string _path;
    private readonly MappedFile _map;
    private readonly Dictionary<string, (long Offset, long Count)> _storages = [];

    private TorchLegacyFile(string path, long length)
    {
        _path = path;
        _map = new MappedFile(path, length);
    }

    public static (object? Root, IReadOnlyCollection<string> Foreign, ITorchStorages Storages) Open(string path)
    {
        using var stream = new BufferedStream(File.OpenRead(path), 1 << 16);
        var input = new PickleInput(stream, path, MaxPickleBytes);
        if (!Magic.Equals(Pickled(input))) throw input.Fault("it is a pickle, but not one of torch.save");
        if (!Version.Equals(Pickled(input))) throw input.Fault("its format has another version than 1001");
        if (Pickled(input) is not PickleDictionary machine || machine["little_endian"] is false)
        {
            throw input.Fault("it was written by a big-endian machine");
        }

        var reader = new PickleReader(input);
        var root = reader.Read();
        if (Pickled(input) is not List<object?> names) throw input.Fault("it does not list its storages");
        var file = new TorchLegacyFile(path, stream.Length);
        file.Locate(stream, names, reader.Storages, input);
        return (root, reader.Foreign, file);
    }

    public void Check(PickleStorage storage)
    {
        if (!_storages.TryGetValue(storage.Key, out var place) || storage.ViewOffset > place.Count - storage.Count)
        {
            throw new CheckpointException($"'{_path}' does not hold the storage '{storage.Key}' in full.", _path, storage.Key);
        }
    }

    public Tensor Read(PickleStorage storage, long offset, long count)
    {
        Check(storage);
        var size = SafetensorsDType.SizeOf(storage.DType);
        return _map.Read(storage.DType, _storages[storage.Key].Offset + ((storage.ViewOffset + offset) * size), count);
    }

    public void Dispose() => _map.Dispose();

    private static object? Pickled(PickleInput input) => new PickleReader(input).Read();

    private void Locate(Stream stream, List<object?> names, IReadOnlyDictionary<string, PickleStorage> storages, PickleInput input)
    {
        Span<byte> header = stackalloc byte[8];
        foreach (var name in names)
        {
            if (name is not string key) throw input.Fault("it names a storage by something else than a text");

            // The file gives the number of elements, only the pickle their type. Where that is none of ours, the next one cannot be found.
            if (!storages.TryGetValue(key, out var storage)) return;
            var size = SafetensorsDType.SizeOf(storage.DType);
            if (stream.ReadAtLeast(header, 8, throwOnEndOfStream: false) < 8) throw input.Fault($"it ends before its storage '{key}'");
            var count = BitConverter.ToInt64(header);
            if (count < 0 || count > (stream.Length - stream.Position) / size) throw input.Fault($"it ends in the middle of its storage '{key}'");
            _storages[key] = (stream.Position, count);
            stream.Position += count * size;
        }
    }
}
