using System.Globalization;

namespace UniVG.Diffusion;

/// <summary>What to draw, and how.</summary>
public sealed record ImageRequest
{
    /// <summary>What the pictures should show.</summary>
    public required string Prompt { get; init; }

    /// <summary>What the pictures should not show; default nothing.</summary>
    public string NegativePrompt { get; init; } = "";

    /// <summary>Width in pixels, a multiple of the VAE's 8; default the size the model was made for.</summary>
    public int? Width { get; init; }

    /// <summary>Height in pixels, a multiple of the VAE's 8; default the size the model was made for.</summary>
    public int? Height { get; init; }

    /// <summary>Steps of the sampler; default 20.</summary>
    public int Steps { get; init; } = 20;

    /// <summary>How strongly to follow the prompt (cfg); 1 leaves the negative prompt out and halves the time. Default 7.</summary>
    public double GuidanceScale { get; init; } = 7.0;

    /// <summary>The seed of the first picture; the next ones count up. Default 0.</summary>
    public long Seed { get; init; }

    /// <summary>The number of pictures; default 1.</summary>
    public int Count { get; init; } = 1;

    /// <summary>A name of <see cref="Sampling.KnownSamplers"/>; default ddim.</summary>
    public string Sampler { get; init; } = "ddim";

    /// <summary>The layer of the text encoder, counted from the last, that conditions the UNet; use what the model was trained with. Default 1.</summary>
    public int ClipSkip { get; init; } = 1;

    /// <summary>Chunks of 75 tokens that a prompt may have; tokens beyond are cut. Use what the model was trained with. Default 1.</summary>
    public int PromptChunks { get; init; } = 1;

    /// <summary>Pictures drawn at a time; bounds the memory, does not change the pictures. Default 4.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>Checks everything that does not depend on the model.</summary>
    /// <exception cref="UniVGException">A value is impossible.</exception>
    public void Validate()
    {
        if (Count < 1) throw new UniVGException($"{Count} pictures cannot be drawn; ask for 1 or more.");
        if (BatchSize < 1) throw new UniVGException($"{BatchSize} pictures cannot be drawn at a time; use 1 or more.");
        if (PromptChunks < 1) throw new UniVGException($"A prompt cannot have {PromptChunks} chunks of tokens; use 1, 2 or 3.");
        if (!(GuidanceScale is >= 0 and <= 1000))
        {
            throw new UniVGException(string.Create(
                CultureInfo.InvariantCulture, $"The guidance scale {GuidanceScale} is impossible; use 1 to 20, usually 7."));
        }
    }
}
