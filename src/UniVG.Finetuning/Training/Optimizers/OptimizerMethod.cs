namespace UniVG.Finetuning.Training.Optimizers;

/// <summary>What there is to know about an optimizer before it is made.</summary>
/// <param name="Name">The name that commands and files use, as in kohya: <c>AdamW</c>.</param>
/// <param name="Summary">What it is, in a few words.</param>
public sealed record OptimizerMethod(string Name, string Summary)
{
    /// <summary>The UNet's learning rate where none is given.</summary>
    public double DefaultLearningRate { get; init; } = 1e-4;

    /// <summary>Whether all parameters must have the same rate.</summary>
    public bool HasOneRate { get; init; }

    /// <summary>Makes one of parameters and arguments such as <c>weight_decay</c>.</summary>
    public required Func<IReadOnlyList<ParameterGroup>, OptimizerArguments, IOptimizer> Create { get; init; }
}
