using static TorchSharp.torch;

namespace UniVG.Finetuning.Training.Noise;

/// <summary>What is drawn for a batch, on the CPU; the tensors belong to the present dispose scope.</summary>
/// <param name="Noise">The noise ε that is to be predicted, (B, C, h, w).</param>
/// <param name="Perturbed">The noise that the model sees, where that is another.</param>
/// <param name="Timesteps">t, (B), int64.</param>
internal readonly record struct DrawnNoise(Tensor Noise, Tensor? Perturbed, Tensor Timesteps);
