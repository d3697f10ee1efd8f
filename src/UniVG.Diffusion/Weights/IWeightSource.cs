using static TorchSharp.torch;

namespace UniVG.Diffusion.Weights;

/// <summary>
/// Where a model's layers get their weights while it is constructed: a checkpoint, or a random initialisation. Constructing a
/// model is loading it; every weight's shape is stated, and checked, at the place that uses it.
/// </summary>
public interface IWeightSource
{
    /// <summary>Hands out one weight.</summary>
    /// <param name="name">The full diffusers name, for example <c>down_blocks.0.resnets.0.conv1.weight</c>.</param>
    /// <param name="shape">The shape the layer needs; a source never broadcasts.</param>
    /// <param name="init">How to fill it where the source has no values of its own.</param>
    /// <returns>A tensor on the model's device and in its dtype, owned by the caller and outside of any dispose scope.</returns>
    /// <exception cref="UniVGException">The source lacks the weight or holds another shape.</exception>
    Tensor Take(string name, ReadOnlySpan<long> shape, WeightInit init);
}
