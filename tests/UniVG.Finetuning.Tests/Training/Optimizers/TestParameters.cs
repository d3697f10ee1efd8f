using UniVG.Finetuning.Training.Optimizers;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Tests.Training.Optimizers;

/// <summary>A matrix, a vector, a convolution kernel and a matrix of another group, to be moved to 1 everywhere.</summary>
public sealed class TestParameters : IDisposable
{
    public TestParameters(double rate)
        : this(rate, Start())
    {
    }

    private TestParameters(double rate, IReadOnlyList<Tensor> tensors)
    {
        Tensors = tensors;
        Groups = [new ParameterGroup("unet", [.. tensors.Take(3)], rate), new ParameterGroup("text_encoder", [.. tensors.Skip(3)], rate)];
    }

    public IReadOnlyList<Tensor> Tensors { get; }

    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>The largest distance of a value to 1.</summary>
    public double Distance() => Tensors.Max(t => (t.detach() - 1).abs().max().item<float>());

    /// <summary>Gradients of Σ (p − 1)² / 2.</summary>
    public void TakeGradientsTowardsOne()
    {
        foreach (var tensor in Tensors) tensor.grad = (tensor.detach() - 1).contiguous();
    }

    public void SetRate(double rate)
    {
        foreach (var group in Groups) group.LearningRate = rate;
    }

    public TestParameters Clone(double rate) => new(rate, [.. Tensors.Select(t => t.detach().clone().requires_grad_())]);

    public void Dispose()
    {
        foreach (var tensor in Tensors) tensor.Dispose();
    }

    private static Tensor[] Start()
    {
        using var generator = new Generator(1);
        return [.. ((long[][])[[40, 30], [50], [8, 4, 3, 3], [20, 20]]).Select(shape => randn(shape, generator: generator).mul_(0.3).requires_grad_())];
    }
}
