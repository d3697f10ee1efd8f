using UniVG.Diffusion.Runtime;
using UniVG.Diffusion.Weights;
using static TorchSharp.torch;

namespace UniVG.TestSupport;

/// <summary>Weights that have a shape and take no memory: a model of any size, to look at but not to run.</summary>
public sealed class ShapeOnlyWeights : IWeightSource
{
    public Tensor Take(string name, ReadOnlySpan<long> shape, WeightInit init)
    {
        TorchRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        return zeros(1).expand(shape.ToArray()).DetachFromDisposeScope();
    }
}
