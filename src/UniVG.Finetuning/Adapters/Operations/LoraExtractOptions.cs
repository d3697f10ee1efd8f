using UniVG.Diffusion;

namespace UniVG.Finetuning.Adapters.Operations;

/// <summary>How large the LoRA is to be that approximates given changes of weights.</summary>
public sealed record LoraExtractOptions
{
    /// <summary>The largest rank of Linear and 1×1 layers.</summary>
    public int Dim { get; init; } = 32;

    /// <summary>The largest rank of k×k convolutions; 0 leaves them out.</summary>
    public int ConvDim { get; init; } = 32;

    /// <summary>How the rank of each layer is chosen.</summary>
    public RankRule Rule { get; init; } = RankRule.Fixed;

    /// <summary>What the rule compares with: above 1 for <see cref="RankRule.Ratio"/>, 0 … 1 for shares.</summary>
    public double RuleValue { get; init; } = 0.9;

    /// <summary>Clamps both factors to this quantile of their values; kohya uses 0.99 against outliers, which costs accuracy. Null does not.</summary>
    public double? ClampQuantile { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="UniVGException">The first value out of range, with what is allowed.</exception>
    public void Validate()
    {
        if (Dim < 1) throw new UniVGException($"The extracted LoRA's dim is {Dim}; it must be at least 1.");
        if (ConvDim < 0) throw new UniVGException($"The extracted LoRA's conv dim is {ConvDim}; it must be at least 1, or 0 to leave convolutions out.");
        if (Rule == RankRule.Ratio && !(RuleValue >= 1)) throw new UniVGException($"The ratio of singular values is {RuleValue}; it must be at least 1.");
        if (Rule is RankRule.Cumulative or RankRule.Frobenius && !(RuleValue is > 0 and <= 1))
            throw new UniVGException($"The share of singular values is {RuleValue}; it must be above 0 and at most 1.");
        if (ClampQuantile is { } q && !(q is > 0 and <= 1)) throw new UniVGException($"The clamp quantile is {q}; it must be above 0 and at most 1.");
    }
}
