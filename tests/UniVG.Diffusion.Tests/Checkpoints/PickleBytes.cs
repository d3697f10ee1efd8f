using System.IO.Compression;
using System.Text;

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
