using System.Buffers.Binary;
using System.Text.Json;
using UniVG.Diffusion.Runtime;
using static TorchSharp.torch;

namespace UniVG.TestSupport;

/// <summary>
/// The tensors of a small safetensors file, all in memory; independent of the product's reader, which the same files test.
/// Half-precision tensors are widened to float32. On the device that is tested.
/// </summary>
public sealed class GoldenFile : IDisposable
{
    private readonly Dictionary<string, Tensor> _tensors = [];

    public GoldenFile(string path)
    {
        TorchRuntime.EnsureLoaded();
        var bytes = File.ReadAllBytes(path);
        var headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        using var header = JsonDocument.Parse(bytes.AsMemory(8, headerLength));
        var data = bytes.AsSpan(8 + headerLength);
        foreach (var entry in header.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__")
            {
                Metadata = entry.Value.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString() ?? "");
                continue;
            }

            var offsets = entry.Value.GetProperty("data_offsets");
            var (begin, end) = (offsets[0].GetInt32(), offsets[1].GetInt32());
            long[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64())];
            _tensors[entry.Name] = Read(data[begin..end], entry.Value.GetProperty("dtype").GetString()!, shape);
        }
    }

    /// <summary>The tensors by name, owned by this file.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => _tensors;

    public IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string>();

    public Tensor this[string name] => _tensors[name];

    public void Dispose()
    {
        foreach (var tensor in _tensors.Values) tensor.Dispose();
    }

    private static Tensor Read(ReadOnlySpan<byte> bytes, string dtype, long[] shape)
    {
        using var scope = NewDisposeScope();
        var type = dtype switch
        {
            "F16" => ScalarType.Float16,
            "F32" => ScalarType.Float32,
            "F64" => ScalarType.Float64,
            "I32" => ScalarType.Int32,
            "I64" => ScalarType.Int64,
            _ => throw new NotSupportedException($"dtype {dtype} in a golden file"),
        };
        var tensor = empty(shape, type);
        bytes.CopyTo(tensor.bytes);
        return (type == ScalarType.Float16 ? tensor.to(ScalarType.Float32) : tensor).to(TestDevice.Device).DetachFromDisposeScope();
    }
}
