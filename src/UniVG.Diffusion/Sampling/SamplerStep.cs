using static TorchSharp.torch;

namespace UniVG.Diffusion.Sampling;

/// <summary>What a sampler reports after each step. The tensors are valid during the call only.</summary>
/// <param name="Index">The number of the step that was taken, from 1.</param>
/// <param name="Count">The number of steps to take in all.</param>
/// <param name="Timestep">The timestep at which the model was asked.</param>
/// <param name="Latents">The noisy latents after the step, in the sampler's own scale.</param>
/// <param name="Denoised">The model's current idea of the clean latents: decode it for a preview.</param>
public sealed record SamplerStep(int Index, int Count, double Timestep, Tensor Latents, Tensor Denoised);
