using static TorchSharp.torch;

namespace UniVG.Diffusion.Checkpoints;

/// <summary>The dtypes of a safetensors file that torch has too.</summary>
internal static class SafetensorsDType
{
    // In the order in which the reference implementation (huggingface/safetensors, enum Dtype, descending) lays tensors out.
    private static readonly (string Name, ScalarType DType, int Size)[] Table =
    [
        ("I64", ScalarType.Int64, 8),
        ("F64", ScalarType.Float64, 8),
        ("F32", ScalarType.Float32, 4),
        ("I32", ScalarType.Int32, 4),
        ("BF16", ScalarType.BFloat16, 2),
        ("F16", ScalarType.Float16, 2),
        ("I16", ScalarType.Int16, 2),
        ("I8", ScalarType.Int8, 1),
        ("U8", ScalarType.Byte, 1),
        ("BOOL", ScalarType.Bool, 1),
    ];

    /// <summary>The names, for messages.</summary>
    public static string KnownNames => string.Join(", ", Table.Select(row => row.Name));

    public static ScalarType? Parse(string? name)
    {
        foreach (var row in Table)
        {
            if (row.Name == name) return row.DType;
        }

        return null;
    }

    /// <summary>The name of <paramref name="dtype"/>; null where the format has none.</summary>
    public static string? NameOf(ScalarType dtype) => Table.FirstOrDefault(row => row.DType == dtype).Name;

    public static int SizeOf(ScalarType dtype) => Table.First(row => row.DType == dtype).Size;

    /// <summary>The place in the layout: lower comes first in the file.</summary>
    public static int RankOf(ScalarType dtype) => Array.FindIndex(Table, row => row.DType == dtype);
}
