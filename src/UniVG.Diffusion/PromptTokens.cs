using static TorchSharp.torch;

namespace UniVG.Diffusion;

/// <summary>Prompts as the text encoder takes them; equal ones stand there once.</summary>
/// <param name="Ids">(unique prompts, chunks, 77), int64.</param>
/// <param name="Rows">Which row each prompt is, (prompts), int64; null where each has its own.</param>
public readonly record struct PromptTokens(Tensor Ids, Tensor? Rows);
