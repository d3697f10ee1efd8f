using static TorchSharp.torch;

namespace UniVG.Diffusion.Weights;

/// <summary>Random weights for a model that is trained from scratch, tested or benchmarked without a file; equal seeds give equal models.</summary>
/// <param name="seed">Seeds one CPU generator for the whole model.</param>
/// <param name="trainable">Whether the weights require gradients.</param>
/// <param name="device">Where the weights live; null means the CPU.</param>
/// <param name="dtype">Their type.</param>
public sealed class RandomWeights(ulong seed, bool trainable = false, Device? device = null, ScalarType dtype = ScalarType.Float32) : IWeightSource
{
    private readonly Generator _generator = new(seed);

    /// <inheritdoc/>
    public Tensor Take(string name, ReadOnlySpan<long> shape, WeightInit init)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var size = shape.ToArray();
        var drawn = init.Kind switch
        {
            WeightInitKind.Uniform => rand(size, generator: _generator).mul_(2).sub_(1).mul_(init.Scale),
            WeightInitKind.Normal => randn(size, generator: _generator).mul_(init.Scale),
            _ => full(size, init.Scale),
        };
        var weight = drawn.to(dtype, device ?? CPU).DetachFromDisposeScope();
        weight.requires_grad = trainable;
        return weight;
    }
}
