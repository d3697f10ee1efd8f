using static TorchSharp.torch;

namespace UniVG.Diffusion.Checkpoints;

/// <summary>A whole model to be written: weights by diffusers name and the texts that go with them.</summary>
public sealed record ModelContents
{
    /// <summary>The UNet's weights.</summary>
    public required IReadOnlyDictionary<string, Tensor> UNet { get; init; }

    /// <summary>The UNet's diffusers <c>config.json</c>.</summary>
    public required string UNetConfigJson { get; init; }

    /// <summary>The VAE's weights.</summary>
    public required IReadOnlyDictionary<string, Tensor> Vae { get; init; }

    /// <summary>The VAE's diffusers <c>config.json</c>.</summary>
    public required string VaeConfigJson { get; init; }

    /// <summary>The text encoder's weights.</summary>
    public required IReadOnlyDictionary<string, Tensor> TextEncoder { get; init; }

    /// <summary>The text encoder's transformers <c>config.json</c>.</summary>
    public required string TextEncoderConfigJson { get; init; }

    /// <summary>The scheduler's diffusers <c>scheduler_config.json</c>; null leaves it out.</summary>
    public string? SchedulerConfigJson { get; init; }

    /// <summary>The tokenizer's <c>vocab.json</c>: token to id; null leaves the tokenizer out.</summary>
    public string? VocabularyJson { get; init; }

    /// <summary>The tokenizer's <c>merges.txt</c>; needed with <see cref="VocabularyJson"/>.</summary>
    public string? Merges { get; init; }
}
