namespace UniVG.Finetuning.Pretraining;

/// <summary>How univg-tiny is made; equal values on one machine give an equal model.</summary>
public sealed record PretrainingConfig
{
    /// <summary>Seeds images, weights, order and noise.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Height and width of the images in pixels.</summary>
    public int ImageSize { get; init; } = 64;

    /// <summary>Images drawn of each modality.</summary>
    public int ImagesPerModality { get; init; } = 2400;

    /// <summary>A folder with a finished VAE, such as the output of an earlier run, to take instead of training one; null trains.</summary>
    public string? Vae { get; init; }

    /// <summary>Optimizer steps of the VAE.</summary>
    public int VaeSteps { get; init; } = 8500;

    /// <summary>Images a step of the VAE.</summary>
    public int VaeBatch { get; init; } = 4;

    /// <summary>Optimizer steps of UNet and text encoder.</summary>
    public int DenoiserSteps { get; init; } = 8000;

    /// <summary>Latents a step of UNet and text encoder.</summary>
    public int DenoiserBatch { get; init; } = 16;

    /// <summary>The highest learning rate of either part.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>How often a caption is dropped, so that classifier-free guidance has an unconditional model to lean on.</summary>
    public double CaptionDropout { get; init; } = 0.1;

    /// <summary>How often a caption names the modality alone, so that such a prompt is understood as well.</summary>
    public double ShortCaptions { get; init; } = 0.2;

    /// <summary>Images and samples of each modality in the figures at the end; has no effect on the model.</summary>
    public int EvaluatedImages { get; init; } = 16;
}
