using UniVG.Diffusion.Weights;
using static TorchSharp.torch;

namespace UniVG.Benchmarks.Files;

/// <summary>Weights that have a shape and take no memory, for a model of full size that is looked at, not run.</summary>
internal sealed class ShapeRecorder : IWeightSource
{
    public Tensor Take(string name, ReadOnlySpan<long> shape, WeightInit init)
    {
        using var scope = NewDisposeScope();
        return zeros(1).expand(shape.ToArray()).DetachFromDisposeScope();
    }
}
