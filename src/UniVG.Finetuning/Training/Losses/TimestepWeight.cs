namespace UniVG.Finetuning.Training.Losses;

/// <summary>
/// Weights of a sample's loss by the signal-to-noise ratio of its timestep, as in kohya. Where several are chosen they multiply.
/// </summary>
public static class TimestepWeight
{
    // Keeps the first timesteps, nearly free of noise, from dominating.
    private const double MaxSnr = 1000;

    /// <summary>The product of the weights that a configuration chooses.</summary>
    public static double Of(TrainingConfig config, double snr)
    {
        var weight = 1.0;
        if (config.MinSnrGamma is { } gamma) weight *= MinSnr(snr, gamma, config.VParameterization);
        if (config.ScaleVPredLossLikeNoisePred) weight *= LikeNoisePrediction(snr);
        if (config.VPredLikeLoss is { } share) weight *= 1 + (share / LikeNoisePrediction(snr));
        if (config.DebiasedEstimation) weight *= Debiased(snr, config.VParameterization);
        return weight;
    }

    /// <summary>min(SNR, γ)/SNR for noise, min(SNR, γ)/(SNR + 1) for velocity (Hang et al. 2023).</summary>
    public static double MinSnr(double snr, double gamma, bool velocity) =>
        velocity ? Math.Min(snr, gamma) / (snr + 1) : Math.Min(1, gamma / snr);

    /// <summary>1/√SNR for noise, 1/(SNR + 1) for velocity (Yu et al. 2023); SNR at most 1000.</summary>
    public static double Debiased(double snr, bool velocity) =>
        velocity ? 1 / (Math.Min(snr, MaxSnr) + 1) : 1 / Math.Sqrt(Math.Min(snr, MaxSnr));

    /// <summary>SNR/(SNR + 1), which turns the weighting of a velocity loss into that of a noise loss; SNR at most 1000.</summary>
    public static double LikeNoisePrediction(double snr) => Math.Min(snr, MaxSnr) / (Math.Min(snr, MaxSnr) + 1);
}
