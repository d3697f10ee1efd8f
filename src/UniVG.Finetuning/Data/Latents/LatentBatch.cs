using static TorchSharp.torch;

namespace UniVG.Finetuning.Data.Latents;

/// <summary>What a training step learns from; the tensors belong to the present dispose scope.</summary>
/// <param name="Latents">Scaled latents (B, channels, h, w), float32, on the model's device.</param>
/// <param name="Mask">
/// Where the loss counts: (B, 1, h, w), float32 from 0 to 1, on the same device; multiplied into the loss before its mean is taken, without
/// renormalisation. Null where no picture of the batch has a mask.
/// </param>
internal readonly record struct LatentBatch(Tensor Latents, Tensor? Mask);
