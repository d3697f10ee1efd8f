using static TorchSharp.torch;

namespace UniVG.Finetuning.Training.Optimizers;

/// <summary>Parameters that share a learning rate, as in PyTorch's optimizers.</summary>
/// <param name="name">What the group is called in logs, for example <c>unet</c> or <c>text encoder</c>.</param>
/// <param name="parameters">Leaf tensors that require gradients; not owned.</param>
/// <param name="learningRate">The rate of the first step.</param>
public sealed class ParameterGroup(string name, IReadOnlyList<Tensor> parameters, double learningRate)
{
    /// <summary>What the group is called in logs.</summary>
    public string Name => name;

    /// <summary>The leaf tensors.</summary>
    public IReadOnlyList<Tensor> Parameters => parameters;

    /// <summary>The rate of the next step; an optimizer that finds the rate itself leaves here what it used.</summary>
    public double LearningRate { get; set; } = learningRate;

    /// <summary>Drops the gradients of all parameters.</summary>
    internal static void ZeroGradients(IEnumerable<ParameterGroup> groups)
    {
        foreach (var parameter in groups.SelectMany(g => g.Parameters)) parameter.grad = null;
    }
}
