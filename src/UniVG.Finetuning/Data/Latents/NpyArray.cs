using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace UniVG.Finetuning.Data.Latents;

/// <summary>An array in NumPy's .npy format (numpy.lib.format), little-endian and in C order.</summary>
/// <param name="Type">The element type as NumPy writes it, such as "&lt;f4" or "&lt;i8".</param>
/// <param name="Shape">The length of each dimension.</param>
/// <param name="Data">The elements' bytes.</param>
internal sealed partial record NpyArray(string Type, IReadOnlyList<int> Shape, byte[] Data)
{
    private const int Alignment = 64;
    private static readonly byte[] Magic = [0x93, .. "NUMPY"u8];

    /// <summary>An array of float32.</summary>
    public static NpyArray Of(IReadOnlyList<int> shape, float[] values) => new("<f4", shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    /// <summary>A row of float64.</summary>
    public static NpyArray Of(double[] values) => new("<f8", [values.Length], MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    /// <summary>A row of int64.</summary>
    public static NpyArray Of(long[] values) => new("<i8", [values.Length], MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    /// <summary>Reads an array to the end of the stream.</summary>
    /// <exception cref="InvalidDataException">It is no such array, or shorter than it says.</exception>
    public static NpyArray Read(Stream stream)
    {
        var start = new byte[Magic.Length + 2];
        if (stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.AsSpan().StartsWith(Magic))
            throw new InvalidDataException("a member is no NumPy array");
        var length = new byte[start[Magic.Length] == 1 ? 2 : 4];
        stream.ReadExactly(length);
        var header = new byte[length.Length == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(length) : checked((int)BinaryPrimitives.ReadUInt32LittleEndian(length))];
        stream.ReadExactly(header);
        var match = Header().Match(Encoding.Latin1.GetString(header));
        if (!match.Success) throw new InvalidDataException("an array is in big-endian or Fortran order, or of an unknown type");
        var type = match.Groups["type"].Value;
        int[] shape = [.. match.Groups["shape"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(n => int.Parse(n, CultureInfo.InvariantCulture))];
        var bytes = shape.Aggregate((long)SizeOf(type), (product, n) => checked(product * n));
        if (bytes > Array.MaxLength) throw new InvalidDataException("an array is too large");
        var data = new byte[bytes];
        stream.ReadExactly(data);
        return new NpyArray(type, shape, data);
    }

    /// <summary>Writes the array.</summary>
    public void Write(Stream stream)
    {
        var shape = Shape.Count == 1 ? $"({Shape[0]},)" : $"({string.Join(", ", Shape)})";
        var header = $"{{'descr': '{Type}', 'fortran_order': False, 'shape': {shape}, }}";
        var before = Magic.Length + 4;
        var padded = ((before + header.Length + 1 + Alignment - 1) / Alignment * Alignment) - before;
        stream.Write(Magic);
        stream.Write([1, 0, (byte)padded, (byte)(padded >> 8)]);
        stream.Write(Encoding.ASCII.GetBytes(header.PadRight(padded - 1) + "\n"));
        stream.Write(Data);
    }

    /// <summary>The elements as float32.</summary>
    public float[] Floats() => Type switch
    {
        "<f4" => MemoryMarshal.Cast<byte, float>(Data).ToArray(),
        "<f2" => [.. MemoryMarshal.Cast<byte, Half>(Data).ToArray().Select(v => (float)v)],
        _ => [.. Doubles().Select(v => (float)v)],
    };

    /// <summary>The elements as float64.</summary>
    public double[] Doubles() => Type switch
    {
        "<f8" => MemoryMarshal.Cast<byte, double>(Data).ToArray(),
        "<i8" => [.. MemoryMarshal.Cast<byte, long>(Data).ToArray().Select(v => (double)v)],
        "<i4" => [.. MemoryMarshal.Cast<byte, int>(Data).ToArray().Select(v => (double)v)],
        _ => [.. Floats().Select(v => (double)v)],
    };

    private static int SizeOf(string type) => type[^1] - '0';

    [GeneratedRegex(@"^\{'descr': '(?<type><(f[248]|i[48]))', 'fortran_order': False, 'shape': \((?<shape>[\d, ]*)\)")]
    private static partial Regex Header();
}
