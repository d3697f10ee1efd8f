using static TorchSharp.torch;

namespace UniVG.Finetuning.Training.Optimizers;

/// <summary>Turns gradients into changes of parameters. What it remembers between steps can be saved and loaded bit for bit.</summary>
public interface IOptimizer : IDisposable
{
    /// <summary>The name that commands and files use, for example <c>AdamW</c>.</summary>
    string Name { get; }

    /// <summary>The parameters and their rates.</summary>
    IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>Whether it sets the rates itself and looks at no given one.</summary>
    bool IgnoresGivenRate => false;

    /// <summary>Updates every parameter that has a gradient; the others, and what is remembered of them, stay as they are (as in PyTorch).</summary>
    void Step();

    /// <summary>
    /// What is remembered, by stable names: <c>group.index.kind</c> for each parameter, a bare name for what all share (0-d). Owned by
    /// the optimizer.
    /// </summary>
    IReadOnlyDictionary<string, Tensor> StateTensors();

    /// <summary>Takes over what <see cref="StateTensors"/> of an optimizer of the same kind and parameters gave.</summary>
    /// <param name="tensors">Names, shapes and dtypes as in <see cref="StateTensors"/>; copied, on any device.</param>
    /// <exception cref="Diffusion.UniVGException">A tensor is missing, left over or misshapen; nothing is changed then.</exception>
    void LoadStateTensors(IReadOnlyDictionary<string, Tensor> tensors);

    /// <summary>Drops all gradients.</summary>
    void ZeroGradients();
}
