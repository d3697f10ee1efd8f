using UniVG.Diffusion.Layers;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Weights;

/// <summary>What one model is made of: all its weights by diffusers name, and the layers that an adapter can be attached to.</summary>
public sealed class ModelWeights : IDisposable
{
    private readonly OrderedDictionary<string, Tensor> _tensors = [];
    private readonly List<AdaptableLayer> _layers = [];

    /// <summary>Creates the empty table of a model that is about to be constructed from <paramref name="source"/>.</summary>
    public ModelWeights(IWeightSource source) => Root = new WeightScope(source, this, path: "");

    /// <summary>The root scope, from which the model's constructor takes everything.</summary>
    public WeightScope Root { get; }

    /// <summary>All weights by full name, in order of construction. Owned by this table.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => _tensors;

    /// <summary>All Linear and Conv2d layers, in order of construction.</summary>
    public IReadOnlyList<AdaptableLayer> Layers => _layers;

    /// <summary>The type that the model computes in, that of its weights.</summary>
    public ScalarType DType => _tensors.Values.First().dtype;

    /// <summary>The number of scalars in all weights.</summary>
    public long ParameterCount => _tensors.Values.Sum(t => t.numel());

    /// <summary>Disposes all weights.</summary>
    public void Dispose()
    {
        foreach (var tensor in _tensors.Values) tensor.Dispose();
    }

    internal void Add(string name, Tensor weight) => _tensors.Add(name, weight);

    internal void Add(AdaptableLayer layer) => _layers.Add(layer);
}
