using UniVG.Diffusion.Weights;
using Xunit;
using static TorchSharp.torch;

namespace UniVG.TestSupport;

/// <summary>Gives a model copies of tensors that a test has in memory, by the model's own names; remembers what was taken.</summary>
public sealed class DictionaryWeights(IReadOnlyDictionary<string, Tensor> tensors) : IWeightSource
{
    /// <summary>The names handed out so far.</summary>
    public ISet<string> Taken { get; } = new HashSet<string>();

    public Tensor Take(string name, ReadOnlySpan<long> shape, WeightInit init)
    {
        Assert.True(tensors.TryGetValue(name, out var tensor), $"no tensor {name}");
        Assert.Equal(shape.ToArray(), tensor.shape);
        Taken.Add(name);
        return tensor.clone().DetachFromDisposeScope();
    }
}
