using static TorchSharp.torch;

namespace UniVG.Diffusion.Checkpoints;

/// <summary>What a checkpoint says about one tensor, known without reading its values.</summary>
/// <param name="DType">The type of its elements as stored.</param>
/// <param name="Shape">Its sizes; empty for a scalar.</param>
public sealed record TensorInfo(ScalarType DType, IReadOnlyList<long> Shape)
{
    /// <summary>The number of elements; <see cref="long.MaxValue"/> where a hostile shape has more.</summary>
    public long Count
    {
        get
        {
            if (Shape.Contains(0)) return 0;
            Int128 count = 1;
            foreach (var size in Shape)
            {
                count *= size;
                if (count > long.MaxValue) return long.MaxValue;
            }

            return (long)count;
        }
    }

    /// <summary>The shape as <c>320x768</c>; <c>scalar</c> without dimensions.</summary>
    public string ShapeText => Describe(Shape);

    internal static string Describe(IEnumerable<long> shape)
    {
        var text = string.Join('x', shape);
        return text.Length == 0 ? "scalar" : text;
    }
}
