using UniVG.Diffusion;

namespace UniVG.Finetuning.Adapters;

/// <summary>What kind of adapter to train, how large, and where.</summary>
public abstract record AdapterConfig
{
    // No layer of SD 1.x has a higher rank than 1280; sizes far beyond would exhaust the memory inside native code.
    private const int MaxDim = 1280;

    /// <summary>The kind's name as commands and files use it: <c>lora</c>, <c>loha</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>The rank of Linear layers and 1×1 convolutions.</summary>
    public required int Dim { get; init; }

    /// <summary>The numerator of the scale alpha / dim of those layers.</summary>
    public required double Alpha { get; init; }

    /// <summary>The rank of k×k convolutions; 0 leaves them alone.</summary>
    public required int ConvDim { get; init; }

    /// <summary>The numerator of the scale of k×k convolutions.</summary>
    public required double ConvAlpha { get; init; }

    /// <summary>The layers to adapt.</summary>
    public required AdapterTargets Targets { get; init; }

    /// <summary>Whether the text encoder is adapted too.</summary>
    public bool TextEncoder { get; init; } = true;

    /// <summary>Checks the values.</summary>
    /// <exception cref="UniVGException">The first value out of range, with what is allowed.</exception>
    public void Validate()
    {
        if (Dim is < 1 or > MaxDim) throw new UniVGException($"The adapter's dim is {Dim}; it must be 1 to {MaxDim} (the default is 32).");
        if (ConvDim is < 0 or > MaxDim)
            throw new UniVGException($"The adapter's conv dim is {ConvDim}; it must be 1 to {MaxDim}, or 0 to leave convolutions alone.");
        if (!(Alpha > 0)) throw new UniVGException($"The adapter's alpha is {Alpha}; it must be above 0.");
        if (ConvDim > 0 && !(ConvAlpha > 0)) throw new UniVGException($"The adapter's conv alpha is {ConvAlpha}; it must be above 0.");
    }
}
