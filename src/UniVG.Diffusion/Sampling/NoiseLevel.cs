namespace UniVG.Diffusion.Sampling;

/// <summary>One noise level in the terms of the DPM-Solver papers (Lu et al. 2022): x = α · x0 + s · ε with α² + s² = 1 and s/α = σ.</summary>
internal readonly record struct NoiseLevel(double Sigma)
{
    /// <summary>The factor of the clean latents.</summary>
    public double Alpha => 1 / Math.Sqrt((Sigma * Sigma) + 1);

    /// <summary>The factor of the noise.</summary>
    public double Scale => Alpha * Sigma;

    /// <summary>λ = ln(α/s), half the logarithm of the signal-to-noise ratio; +∞ where σ is 0.</summary>
    public double Lambda => -Math.Log(Sigma);
}
