using static TorchSharp.torch;

namespace UniVG.Diffusion.Sampling;

/// <summary>The model as a sampler sees it, guidance included.</summary>
/// <param name="latents">Noisy latents (B, …) of unit variance, x_t of the noise schedule.</param>
/// <param name="timestep">0 … 999; fractional where a sampler's noise level lies between two timesteps.</param>
/// <returns>The predicted noise ε, of the shape of <paramref name="latents"/>.</returns>
public delegate Tensor NoisePredictor(Tensor latents, double timestep);
