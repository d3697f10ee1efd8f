using static TorchSharp.torch;

namespace UniVG.Finetuning.Training.Noise;

/// <summary>Latents with noise added; the tensors belong to the present dispose scope.</summary>
/// <param name="Latents">x_t, (B, C, h, w).</param>
/// <param name="Noise">The noise ε that is to be predicted, (B, C, h, w).</param>
/// <param name="Timesteps">t, (B), int64.</param>
internal readonly record struct NoisyLatents(Tensor Latents, Tensor Noise, Tensor Timesteps);
