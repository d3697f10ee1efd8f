using UniVG.Diffusion;
using UniVG.Diffusion.Sampling;

namespace UniVG.Notebooks.Session;

/// <summary>How to evaluate the present model: which samples to draw, and what to compare them with besides the real pictures.</summary>
public sealed record EvaluationRequest
{
    /// <summary>What the samples should show; null takes the first trigger word.</summary>
    public string? Prompt { get; init; }

    /// <summary>The number of samples. Default 32.</summary>
    public int Count { get; init; } = 32;

    /// <summary>The seed of the first sample; the next ones count up. Default 0.</summary>
    public long Seed { get; init; }

    /// <summary>Steps of the sampler. Default 20.</summary>
    public int Steps { get; init; } = 20;

    /// <summary>How strongly to follow the prompt (cfg); null takes what suits the model.</summary>
    public double? GuidanceScale { get; init; }

    /// <summary>A name of <see cref="KnownSamplers"/>. Default ddim.</summary>
    public string Sampler { get; init; } = "ddim";

    /// <summary>Whether to evaluate the model without the adapter, too, from the same seeds.</summary>
    public bool Compare { get; init; }

    /// <summary>The folder with the training pictures; null takes the dataset of the session where one was read.</summary>
    public string? Training { get; init; }

    /// <summary>The part of the real pictures that may be nearer to a training picture than a memorised sample is. Default 0.05.</summary>
    public double MemorisationQuantile { get; init; } = 0.05;

    /// <summary>The samples to draw with a model.</summary>
    internal ImageRequest ToImageRequest(UniVGSession session)
    {
        var usual = session.NewRequest(Prompt);
        var request = usual with { Count = Count, Seed = Seed, Steps = Steps, GuidanceScale = GuidanceScale ?? usual.GuidanceScale, Sampler = Sampler };
        request.Validate();
        KnownSamplers.Find(Sampler);
        return request;
    }
}
