using UniVG.Diffusion.Layers;

namespace UniVG.Finetuning.Adapters.Targets;

/// <summary>One layer that is to get an adapter.</summary>
/// <param name="Name">The adapter's name in files, for example <c>lora_unet_mid_block_resnets_0_conv1</c>.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Dim">The rank.</param>
/// <param name="Alpha">The numerator of the scale alpha / dim.</param>
public sealed record AdapterTarget(string Name, AdaptableLayer Layer, int Dim, double Alpha)
{
    /// <summary>Whether the kernel of the layer, a k×k convolution, is decomposed too (Tucker form).</summary>
    public bool Tucker { get; init; }
}
