namespace UniVG.Finetuning.Training.Optimizers;

/// <summary>The arguments of <see cref="Prodigy"/>, with its reference implementation's defaults.</summary>
public sealed record ProdigyOptions
{
    /// <summary>Decay of the mean of gradients.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the mean of squared gradients.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Decay of the estimate of d; null takes √β2.</summary>
    public double? Beta3 { get; init; }

    /// <summary>Added to the denominator, times d.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>The weight decay.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Whether the decay is AdamW's; else it is added to the gradients.</summary>
    public bool Decouple { get; init; } = true;

    /// <summary>Whether Adam's bias correction is applied.</summary>
    public bool UseBiasCorrection { get; init; }

    /// <summary>Whether the rate is left out of the estimate's denominator, which a warm-up would disturb.</summary>
    public bool SafeguardWarmup { get; init; }

    /// <summary>The first d.</summary>
    public double D0 { get; init; } = 1e-6;

    /// <summary>Multiplies the estimate of d; 0.5 to 2 are usual.</summary>
    public double DCoef { get; init; } = 1;

    /// <summary>How much d may grow in a step.</summary>
    public double GrowthRate { get; init; } = double.PositiveInfinity;
}
