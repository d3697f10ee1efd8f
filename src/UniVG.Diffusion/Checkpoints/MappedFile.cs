using UniVG.Diffusion.Runtime;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Checkpoints;

/// <summary>
/// A file as tensors: libtorch maps it into memory privately (copy on write), once per dtype because TorchSharp has no
/// <c>view(dtype)</c>. Views keep their mapping alive, so this object may be disposed before them.
/// </summary>
internal sealed class MappedFile(string path, long length) : IDisposable
{
    private readonly Dictionary<ScalarType, Tensor?> _maps = [];

    /// <summary>
    /// The elements at <paramref name="offset"/> as a flat tensor: a view of the mapping, or a copy where the offset is not aligned or
    /// the file cannot be mapped (a private mapping counts as memory, and may be larger than the machine's).
    /// </summary>
    public Tensor Read(ScalarType dtype, long offset, long count)
    {
        TorchRuntime.EnsureLoaded();
        var size = SafetensorsDType.SizeOf(dtype);
        if (offset < 0 || count < 0 || count > (length - offset) / size)
        {
            throw new CheckpointException($"'{path}' is truncated: its data ends before byte {offset + (count * size)}.", path);
        }

        if (count == 0) return empty(0, dtype).DetachFromDisposeScope();
        return offset % size == 0 && Map(dtype, size) is { } map
            ? map.narrow(0, offset / size, count).DetachFromDisposeScope()
            : Copy(dtype, offset, count, size);
    }

    public void Dispose()
    {
        foreach (var map in _maps.Values) map?.Dispose();
        _maps.Clear();
    }

    private Tensor? Map(ScalarType dtype, int size)
    {
        if (_maps.TryGetValue(dtype, out var map)) return map;
        MemoryBound.AllowMapping(length);
        try
        {
            map = from_file(path, shared: false, length / size, dtype).DetachFromDisposeScope();
        }
        catch (System.Runtime.InteropServices.ExternalException)
        {
            MemoryBound.AllowMapping(-length);
            map = null;
        }

        _maps.Add(dtype, map);
        return map;
    }

    private Tensor Copy(ScalarType dtype, long offset, long count, int size)
    {
        var copy = empty(count, dtype).DetachFromDisposeScope();
        using var handle = File.OpenHandle(path);
        const long Chunk = 1 << 28;
        for (long done = 0; done < count; done += Chunk)
        {
            using var part = copy.narrow(0, done, Math.Min(Chunk, count - done));
            ReadExactly(handle, part.bytes, offset + (done * size));
        }

        return copy;
    }

    private void ReadExactly(Microsoft.Win32.SafeHandles.SafeFileHandle handle, Span<byte> target, long offset)
    {
        while (target.Length > 0)
        {
            var read = RandomAccess.Read(handle, target, offset);
            if (read == 0) throw new CheckpointException($"'{path}' became shorter while it was read.", path);
            target = target[read..];
            offset += read;
        }
    }
}
