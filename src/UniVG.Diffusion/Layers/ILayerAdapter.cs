using static TorchSharp.torch;

namespace UniVG.Diffusion.Layers;

/// <summary>What can be plugged into the adapter slot of a layer: a LoRA, a LoHA, ….</summary>
public interface ILayerAdapter
{
    /// <summary>Applies the layer together with its change.</summary>
    /// <param name="layer">The layer the adapter is attached to.</param>
    /// <param name="input">The layer's input.</param>
    /// <returns>
    /// A tensor of the shape and dtype that the layer alone would give, which nothing else needs, the backward pass included: residuals are added to it in place.
    /// </returns>
    Tensor Forward(AdaptableLayer layer, Tensor input) => Adapt(layer, input, layer.Apply(input, layer.Weight, layer.Bias));

    /// <summary>Adapts the output of the layer: usually <paramref name="output"/> + branch(<paramref name="input"/>).</summary>
    /// <param name="layer">The layer the adapter is attached to.</param>
    /// <param name="input">The layer's input.</param>
    /// <param name="output">What the frozen layer made of it.</param>
    /// <returns>A tensor as of <see cref="Forward"/>; <paramref name="output"/> itself where the adapter changes nothing.</returns>
    Tensor Adapt(AdaptableLayer layer, Tensor input, Tensor output);

    /// <summary>Adds the adapter's change to a weight, so that the layer alone then does what both do.</summary>
    /// <param name="weight">The layer's weight, or what another adapter of the layer made of it, float32; left as it is.</param>
    /// <returns>A new tensor; <paramref name="weight"/> itself where the adapter changes nothing.</returns>
    Tensor Fuse(Tensor weight);
}
