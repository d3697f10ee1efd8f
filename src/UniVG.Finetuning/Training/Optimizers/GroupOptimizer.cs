using static TorchSharp.torch;

namespace UniVG.Finetuning.Training.Optimizers;

/// <summary>What optimizers have in common: groups of parameters, and a state for each parameter.</summary>
public abstract class GroupOptimizer : IOptimizer
{
    private protected GroupOptimizer(IReadOnlyList<ParameterGroup> groups, OptimizerState state) => (Groups, State) = (groups, state);

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <inheritdoc/>
    public virtual bool IgnoresGivenRate => false;

    /// <summary>What is remembered.</summary>
    private protected OptimizerState State { get; }

    /// <inheritdoc/>
    public abstract void Step();

    /// <inheritdoc/>
    public void ZeroGradients() => ParameterGroup.ZeroGradients(Groups);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> StateTensors() => State.Tensors;

    /// <inheritdoc/>
    public void LoadStateTensors(IReadOnlyDictionary<string, Tensor> tensors) => State.Load(tensors);

    /// <inheritdoc/>
    public void Dispose()
    {
        State.Dispose();
        GC.SuppressFinalize(this);
    }
}
