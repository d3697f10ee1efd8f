using System.Diagnostics.CodeAnalysis;
using UniVG.Finetuning.Adapters.Targets;

namespace UniVG.Finetuning.Adapters.Loha;

/// <summary>A LoHA (Hyeon-Woo et al. 2022; LyCORIS), with the sizes of the UniVG guide: dim 32, alpha 32, convolutions 4 and 4.</summary>
public sealed record LohaConfig : AdapterConfig
{
    /// <summary>Creates the default configuration.</summary>
    [SetsRequiredMembers]
    public LohaConfig()
    {
        (Dim, Alpha, ConvDim, ConvAlpha) = (32, 32, 4, 4);
        Targets = AdapterTargets.Lycoris;
    }

    /// <inheritdoc/>
    public override string Kind => "loha";
}
