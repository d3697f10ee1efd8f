using System.Text.Json;

namespace UniVG.Benchmarks.Files;

/// <summary>Writes a half-precision .safetensors of random numbers, without holding it in memory.</summary>
internal static class SafetensorsBytes
{
    public static void Write(string path, IReadOnlyList<TensorSpec> tensors)
    {
        using var stream = File.Create(path);
        var header = Header(tensors);
        stream.Write(BitConverter.GetBytes((long)header.Length));
        stream.Write(header);
        new RandomBytes().Write(stream, 2 * tensors.Sum(t => t.Count));
    }

    private static byte[] Header(IReadOnlyList<TensorSpec> tensors)
    {
        long offset = 0;
        var entries = tensors.ToDictionary(t => t.Name, t => new
        {
            dtype = "F16",
            shape = t.Shape,
            data_offsets = (long[])[offset, offset += 2 * t.Count],
        });
        var json = JsonSerializer.SerializeToUtf8Bytes(entries);
        return [.. json, .. Enumerable.Repeat((byte)' ', -json.Length & 7)];
    }
}
