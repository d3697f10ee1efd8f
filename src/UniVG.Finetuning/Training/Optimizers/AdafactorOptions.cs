namespace UniVG.Finetuning.Training.Optimizers;

/// <summary>The arguments of <see cref="Adafactor"/>, with the defaults of its implementation in transformers, which kohya uses.</summary>
public sealed record AdafactorOptions
{
    /// <summary>Added to squared gradients.</summary>
    public double Epsilon1 { get; init; } = 1e-30;

    /// <summary>The least size that a parameter's rate is scaled by.</summary>
    public double Epsilon2 { get; init; } = 1e-3;

    /// <summary>The largest root mean square of an update.</summary>
    public double ClipThreshold { get; init; } = 1;

    /// <summary>The exponent c of β2 = 1 − stepᶜ.</summary>
    public double DecayRate { get; init; } = -0.8;

    /// <summary>Decay of the mean of updates; null keeps none.</summary>
    public double? Beta1 { get; init; }

    /// <summary>The weight decay.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Whether a parameter's rate is multiplied by its own size.</summary>
    public bool ScaleParameter { get; init; } = true;

    /// <summary>Whether the rate is min(10⁻², 1/√step) instead of the given one.</summary>
    public bool RelativeStep { get; init; } = true;

    /// <summary>Whether such a rate begins at 10⁻⁶ · step.</summary>
    public bool WarmupInit { get; init; }
}
