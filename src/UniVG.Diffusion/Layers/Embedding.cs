using UniVG.Diffusion.Weights;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Layers;

/// <summary>A table of vectors: int64 indices (…) → (…, features).</summary>
public sealed class Embedding(WeightScope scope, long count, long features, double initStd)
{
    private readonly Tensor _weight = scope.Take("weight", WeightInit.Normal(initStd), count, features);

    /// <summary>Looks the rows up.</summary>
    public Tensor Forward(Tensor indices) => _weight.index_select(0, indices.flatten()).reshape([.. indices.shape, features]);
}
