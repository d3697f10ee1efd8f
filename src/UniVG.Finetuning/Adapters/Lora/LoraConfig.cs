using System.Diagnostics.CodeAnalysis;
using UniVG.Finetuning.Adapters.Targets;

namespace UniVG.Finetuning.Adapters.Lora;

/// <summary>A LoRA (Hu et al. 2021), with the sizes of the UniVG guide: dim 32, alpha 16, convolutions alike.</summary>
public sealed record LoraConfig : AdapterConfig
{
    /// <summary>Creates the default configuration.</summary>
    [SetsRequiredMembers]
    public LoraConfig()
    {
        (Dim, Alpha, ConvDim, ConvAlpha) = (32, 16, 32, 16);
        Targets = AdapterTargets.Kohya;
    }

    /// <inheritdoc/>
    public override string Kind => "lora";
}
