using UniVG.Diffusion.Layers;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Weights;

/// <summary>
/// A place in a model's module tree from which a layer takes its weights: <c>scope.At("resnets").At("0").At("conv1")</c> is the
/// scope whose weights are named <c>resnets.0.conv1.*</c>. The scopes of one model share its <see cref="ModelWeights"/>.
/// </summary>
public sealed class WeightScope
{
    private readonly IWeightSource _source;
    private readonly ModelWeights _weights;

    internal WeightScope(IWeightSource source, ModelWeights weights, string path)
    {
        _source = source;
        _weights = weights;
        Path = path;
    }

    /// <summary>The dotted diffusers path of this place; empty at the root.</summary>
    public string Path { get; }

    /// <summary>The place one or more levels below; <paramref name="name"/> may contain dots.</summary>
    public WeightScope At(string name) => new(_source, _weights, Join(name));

    /// <summary>The place of item <paramref name="index"/> of a list.</summary>
    public WeightScope At(int index) => At(index.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Takes the weight <paramref name="name"/> of this place; the model owns and disposes it.</summary>
    public Tensor Take(string name, WeightInit init, params ReadOnlySpan<long> shape)
    {
        var weight = _source.Take(Join(name), shape, init);
        _weights.Add(Join(name), weight);
        return weight;
    }

    internal void Register(AdaptableLayer layer) => _weights.Add(layer);

    private string Join(string name) => Path.Length == 0 ? name : $"{Path}.{name}";
}
