using UniVG.Diffusion;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Training;

/// <summary>All that the loss of a batch depends on besides model and adapter, on the model's device.</summary>
/// <param name="Clean">Scaled latents, (B, C, h, w).</param>
/// <param name="Mask">Where the loss counts, (B, 1, h, w); null for everywhere.</param>
/// <param name="Noise">What is to be predicted, (B, C, h, w).</param>
/// <param name="Perturbed">The noise that the model sees, where that is another.</param>
/// <param name="Timesteps">(B), int64.</param>
/// <param name="Text">Text states (B, n, features) of a frozen text encoder; tokens (unique, chunks, 77) for one that learns. One row where all captions are equal.</param>
/// <param name="Rows">Which row of tokens each image's caption is; null where each has its own, or all share one.</param>
/// <param name="SampleWeights">(B); null for 1.</param>
internal sealed record StepTensors(
    Tensor Clean, Tensor? Mask, Tensor Noise, Tensor? Perturbed, Tensor Timesteps, Tensor Text, Tensor? Rows, Tensor? SampleWeights)
{
    /// <summary>The text as tokens.</summary>
    public PromptTokens Tokens => new(Text, Rows);
}
