using TorchSharp;
using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using UniVG.Finetuning.Adapters.Dora;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters.Files;

/// <summary>The tensors that a file holds of one adapter, by kohya's and LyCORIS' suffixes.</summary>
/// <param name="name">The adapter's name.</param>
/// <param name="file">The file.</param>
/// <param name="keys">The file's names of the tensors, by suffix.</param>
public sealed class AdapterTensors(string name, ITensorFile file, IReadOnlyDictionary<string, string> keys)
{
    /// <summary>The suffixes there are.</summary>
    public IEnumerable<string> Suffixes => keys.Keys;

    /// <summary>Whether there is a tensor of that suffix.</summary>
    public bool Has(string suffix) => keys.ContainsKey(suffix);

    /// <summary>The size of a tensor along its first dimension; 0 where it is missing or a scalar.</summary>
    public int FirstSize(string suffix) => (int)Math.Min(int.MaxValue, Size(suffix, 0));

    /// <summary>The size of a tensor along a dimension; 0 where it is missing or has fewer.</summary>
    public long Size(string suffix, int dimension) =>
        keys.TryGetValue(suffix, out var key) && file.Tensors[key].Shape is var shape && shape.Count > dimension ? shape[dimension] : 0;

    /// <summary>The product of a tensor's sizes from a dimension on; 0 where it is missing.</summary>
    public long Count(string suffix, int from) => keys.TryGetValue(suffix, out var key)
        ? file.Tensors[key].Shape.Skip(from).Aggregate(1L, (product, size) => product * size)
        : 0;

    /// <summary>Makes sure that an adapter is made of just these tensors, besides alpha and magnitudes.</summary>
    /// <exception cref="UniVGException">One is missing, or there are others, of another method or form.</exception>
    public void Require(params IReadOnlyCollection<string> suffixes)
    {
        if (suffixes.FirstOrDefault(suffix => !Has(suffix)) is { } missing) throw Lacks(missing);
        if (Suffixes.Except([.. suffixes, AdapterKey.Alpha, DoraAdapter.MagnitudeSuffix]).FirstOrDefault() is { } other)
        {
            throw new UniVGException(
                $"'{file.Path}' holds '{keys[other]}' besides '{keys[suffixes.First()]}', which cannot be parts of one adapter; save or download it again.");
        }
    }

    /// <summary>Reads a tensor as float32 and gives it a shape.</summary>
    /// <param name="suffix">Which one.</param>
    /// <param name="shape">The shape that the layer asks for; one with trailing dimensions of size 1 more or fewer is taken too.</param>
    /// <returns>A copy, owned by the caller.</returns>
    /// <exception cref="UniVGException">It is missing, or of another shape, or not finite.</exception>
    public Tensor Take(string suffix, params long[] shape)
    {
        if (!keys.TryGetValue(suffix, out var key)) throw Lacks(suffix);
        var info = file.Tensors[key];
        if (!WithoutTrailingOnes(info.Shape).SequenceEqual(WithoutTrailingOnes(shape)))
        {
            throw new UniVGException(
                $"'{key}' of '{file.Path}' has the shape {info.ShapeText} where the layer needs {string.Join('x', shape)}; " +
                "the adapter was made for another model.");
        }

        using var stored = file.Read(key);
        var values = stored.to(ScalarType.Float32).reshape(shape).clone();
        if (!values.isfinite().all().ToBoolean()) throw new UniVGException($"'{key}' of '{file.Path}' holds values that are not finite; the file is of no use.");
        return values;
    }

    /// <summary>The stored alpha; null where there is none or it is 0, which means the rank.</summary>
    /// <exception cref="UniVGException">It is not one finite number.</exception>
    public double? Alpha()
    {
        if (!keys.TryGetValue(AdapterKey.Alpha, out var key)) return null;
        if (file.Tensors[key].Count != 1) throw new UniVGException($"'{key}' of '{file.Path}' should be one number but has the shape {file.Tensors[key].ShapeText}.");
        using var stored = file.Read(key);
        var alpha = stored.to(ScalarType.Float64).item<double>();
        if (!double.IsFinite(alpha)) throw new UniVGException($"'{key}' of '{file.Path}' is {alpha}, so the adapter's strength is unknown; the file is of no use.");
        return alpha == 0 ? null : alpha;
    }

    private UniVGException Lacks(string suffix) => new($"'{file.Path}' lacks '{name}.{suffix}', so it is incomplete; save or download it again.");

    // Tools differ in whether a 1×1 convolution is written with its kernel.
    private static IEnumerable<long> WithoutTrailingOnes(IReadOnlyList<long> shape) => shape.Reverse().SkipWhile(size => size == 1).Reverse();
}
