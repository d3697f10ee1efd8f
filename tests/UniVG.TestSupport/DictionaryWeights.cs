using UniVG.Diffusion.Weights;
using Xunit;
using static TorchSharp.torch;

namespace UniVG.TestSupport;

/// <summary>Gives a model copies of tensors that a test has in memory, by the model's own names.</summary>
public sealed class DictionaryWeights(IReadOnlyDictionary<string, Tensor> tensors) : IWeightSource
{
    public Tensor Take(string name, ReadOnlySpan<long> shape, WeightInit init)
    {
        Assert.True(tensors.TryGetValue(name, out var tensor), $"no tensor {name}");
        Assert.Equal(shape.ToArray(), tensor.shape);
        return tensor.clone().DetachFromDisposeScope();
    }
}
