using System.IO.Compression;
using System.Text;
using TorchSharp;

namespace UniVG.Diffusion.Tests.Checkpoints;

/// <summary>Builds PyTorch checkpoints by hand, harmless and hostile ones.</summary>
internal static class PickleBytes
{
    /// <summary>The description of a float tensor on storage 0.</summary>
    public static string Tensor(int storageCount, int offset, int[] size, int[] stride) =>
        "ctorch._utils\n_rebuild_tensor_v2\n(" + Storage("torch\nFloatStorage", storageCount) + $"I{offset}\n{Tuple(size)}{Tuple(stride)}I00\nNtR";

    /// <summary>A reference to storage 0.</summary>
    public static string Storage(string type, int count) => $"(V{"storage"}\nc{type}\nV0\nVcpu\nI{count}\ntQ";

    /// <summary>A pickle of protocol 0 that sets <paramref name="items"/>, name and value code alternating, in a dictionary.</summary>
    public static byte[] Dictionary(params string[] items) =>
        Encoding.Latin1.GetBytes("}" + string.Concat(items.Chunk(2).Select(i => $"V{i[0]}\n{i[1]}s")) + ".");

    /// <summary>Weights as items for <see cref="Dictionary"/>, one after the other in storage 0, single precision.</summary>
    public static (string[] Items, byte[] Storage) StateDict(IReadOnlyDictionary<string, torch.Tensor> tensors)
    {
        using var storage = new MemoryStream();
        var count = (int)tensors.Values.Sum(t => t.numel());
        var items = new List<string>();
        foreach (var (name, tensor) in tensors)
        {
            using var scope = torch.NewDisposeScope();
            int[] size = [.. tensor.shape.Select(n => (int)n)];
            int[] stride = [.. size.Select((_, d) => size[(d + 1)..].Aggregate(1, (a, b) => a * b))];
            items.AddRange(name, Tensor(count, (int)storage.Length / sizeof(float), size, stride));
            storage.Write(tensor.to(torch.ScalarType.Float32).contiguous().bytes);
        }

        return ([.. items], storage.ToArray());
    }

    /// <summary>The form of torch.save before PyTorch 1.6: five pickles, then storage 0.</summary>
    public static byte[] Legacy(byte[] pickle, byte[] storage) =>
    [
        0x80, 2, .. "L119547037146038801333356L\n."u8, .. "I1001\n."u8, .. "}Vlittle_endian\nI01\ns."u8,
        .. pickle,
        .. "(lV0\na."u8, .. BitConverter.GetBytes(storage.LongLength / sizeof(float)), .. storage,
    ];

    /// <summary>A torch.save zip of a pickle and storage 0.</summary>
    public static byte[] Zip(byte[] pickle, byte[]? storage = null, CompressionLevel level = CompressionLevel.NoCompression) =>
        Zip([("archive/data.pkl", pickle), ("archive/data/0", storage ?? new byte[16])], level);

    /// <summary>A zip of the given entries.</summary>
    public static byte[] Zip((string Name, byte[] Bytes)[] entries, CompressionLevel level = CompressionLevel.NoCompression)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in entries)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(bytes);
            }
        }

        return stream.ToArray();
    }

    private static string Tuple(int[] values) => $"({string.Concat(values.Select(v => $"I{v}\n"))}t";
}
