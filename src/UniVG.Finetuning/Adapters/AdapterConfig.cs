using UniVG.Diffusion;
using UniVG.Finetuning.Adapters.Targets;

namespace UniVG.Finetuning.Adapters;

/// <summary>What kind of adapter to train, how large, and where.</summary>
public abstract record AdapterConfig
{
    // No layer of SD 1.x has a higher rank than 1280; sizes far beyond would exhaust the memory inside native code.
    private const int MaxDim = 1280;

    /// <summary>The kind's name as commands and files use it: <c>lora</c>, <c>loha</c>, <c>lokr</c>.</summary>
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

    /// <summary>Whether the kernels of k×k convolutions are decomposed too (Tucker form of LyCORIS).</summary>
    public bool Tucker { get; init; }

    /// <summary>
    /// rs-LoRA (Kalajdzievski 2023): scales by alpha / √dim. Files hold alpha · √dim, as LyCORIS writes it, so that every reader gets
    /// the same scale.
    /// </summary>
    public bool RankStabilized { get; init; }

    /// <summary>DoRA (Liu et al. 2024): trains the magnitude of each output's weights apart from their direction; LyCORIS' dora_wd.</summary>
    public bool WeightDecompose { get; init; }

    /// <summary>Probability of zeroing a value inside the branch (LoRA: between down and up; others and DoRA: its output), 0 … 1.</summary>
    public double Dropout { get; init; }

    /// <summary>Probability of zeroing a rank of a sample (LoRA) or a row of ΔW (others and DoRA), 0 … 1.</summary>
    public double RankDropout { get; init; }

    /// <summary>Probability of leaving a layer's adapter out of a step, 0 … 1.</summary>
    public double ModuleDropout { get; init; }

    /// <summary>Sizes for single blocks of the UNet; null gives all blocks the same.</summary>
    public BlockSizes? Blocks { get; init; }

    /// <summary>Whether kohya's networks.lora itself can continue such an adapter; else it is LyCORIS'.</summary>
    public bool IsKohya => Kind == "lora" && Targets == AdapterTargets.Kohya && !Tucker && !WeightDecompose;

    /// <summary>Checks the values.</summary>
    /// <exception cref="UniVGException">The first value out of range, with what is allowed.</exception>
    public virtual void Validate()
    {
        if (Dim is < 1 or > MaxDim) throw new UniVGException($"The adapter's dim is {Dim}; it must be 1 to {MaxDim} (the default is 32).");
        if (ConvDim is < 0 or > MaxDim)
            throw new UniVGException($"The adapter's conv dim is {ConvDim}; it must be 1 to {MaxDim}, or 0 to leave convolutions alone.");
        if (!(Alpha > 0)) throw new UniVGException($"The adapter's alpha is {Alpha}; it must be above 0.");
        if (ConvDim > 0 && !(ConvAlpha > 0)) throw new UniVGException($"The adapter's conv alpha is {ConvAlpha}; it must be above 0.");
        RequireProbability(Dropout, "dropout");
        RequireProbability(RankDropout, "rank dropout");
        RequireProbability(ModuleDropout, "module dropout");
        Blocks?.Validate();
    }

    private static void RequireProbability(double value, string name)
    {
        if (!(value is >= 0 and < 1)) throw new UniVGException($"The adapter's {name} is {value}; it must be at least 0 and below 1.");
    }
}
