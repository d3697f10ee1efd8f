using System.Diagnostics.CodeAnalysis;
using UniVG.Diffusion;
using UniVG.Finetuning.Adapters.Targets;

namespace UniVG.Finetuning.Adapters.Lokr;

/// <summary>A LoKr (KronA, Edalati et al. 2022; LyCORIS), with LoHA's sizes.</summary>
public sealed record LokrConfig : AdapterConfig
{
    /// <summary>Creates the default configuration.</summary>
    [SetsRequiredMembers]
    public LokrConfig()
    {
        (Dim, Alpha, ConvDim, ConvAlpha) = (32, 32, 4, 4);
        Targets = AdapterTargets.Lycoris;
    }

    /// <summary>The largest size of the left Kronecker factor; −1 makes both factors as square as possible.</summary>
    public int Factor { get; init; } = -1;

    /// <summary>Whether the left factor is low-rank too, where it is large.</summary>
    public bool DecomposeBoth { get; init; }

    /// <inheritdoc/>
    public override string Kind => "lokr";

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        if (Factor is 0 or < -1) throw new UniVGException($"The LoKr factor is {Factor}; it must be at least 1, or -1 to choose it by itself.");
    }
}
