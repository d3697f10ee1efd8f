using UniVG.Diffusion;

namespace UniVG.Finetuning.Training;

/// <summary>How to train; the defaults are the UniVG guide's LoRA configuration.</summary>
public sealed record TrainingConfig
{
    private const int MaxBatch = 4096;

    /// <summary>The UniVG guide's settings for LoHA; those for LoRA are the defaults.</summary>
    public static TrainingConfig Loha => new() { Steps = 1500, BatchSize = 1 };

    /// <summary>Optimizer steps to train, unless <see cref="Epochs"/> is given.</summary>
    public int Steps { get; init; } = 3000;

    /// <summary>Passes over the dataset; where given it decides the number of steps, as in kohya.</summary>
    public int? Epochs { get; init; }

    /// <summary>Images a step.</summary>
    public int BatchSize { get; init; } = 2;

    /// <summary>The UNet's learning rate.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>The text encoder's learning rate (SD-Trainer's default is a tenth of the UNet's); 0 leaves its adapters untrained.</summary>
    public double TextEncoderLearningRate { get; init; } = 1e-5;

    /// <summary>One of <see cref="LearningRateSchedule.Names"/>.</summary>
    public string Scheduler { get; init; } = "cosine";

    /// <summary>Steps over which the rate rises from 0.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>AdamW's decoupled weight decay.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>The largest joint norm of the gradients; 0 does not clip.</summary>
    public double MaxGradientNorm { get; init; } = 1;

    /// <summary>γ of min-SNR weighting (Hang et al. 2023); null weights all timesteps equally.</summary>
    public double? MinSnrGamma { get; init; }

    /// <summary>Strength of a constant offset a channel added to the noise; 0 adds none.</summary>
    public double NoiseOffset { get; init; }

    /// <summary>The text encoder's output layer counted from the last; 1 is the last (UniVG's own training), 2 SD-Trainer's default.</summary>
    public int ClipSkip { get; init; } = 1;

    /// <summary>Tokens of a caption that count: 75, 150 or 225; more are cut.</summary>
    public int MaxTokenLength { get; init; } = 75;

    /// <summary>Seeds the adapters' start, the order of images, the noise and the timesteps.</summary>
    public long Seed { get; init; } = 1337;

    /// <summary>How many of the text encoder's windows of 75 tokens a caption takes.</summary>
    public int PromptChunks => MaxTokenLength / 75;

    /// <summary>Checks the values.</summary>
    /// <exception cref="UniVGException">The first value out of range, with what is allowed.</exception>
    public void Validate()
    {
        Require(Steps >= 1, $"--steps is {Steps}; it must be at least 1.");
        Require(Epochs is null or >= 1, $"--epochs is {Epochs}; it must be at least 1.");
        Require(BatchSize is >= 1 and <= MaxBatch, $"--batch is {BatchSize}; it must be 1 to {MaxBatch}.");
        Require(LearningRate > 0 && double.IsFinite(LearningRate), $"--lr is {LearningRate}; it must be above 0 (the default is 1e-4).");
        Require(TextEncoderLearningRate >= 0 && double.IsFinite(TextEncoderLearningRate), $"--text-lr is {TextEncoderLearningRate}; it must be 0 or above.");
        Require(WarmupSteps >= 0, $"--warmup is {WarmupSteps}; it must be 0 or above.");
        Require(WeightDecay >= 0, $"--weight-decay is {WeightDecay}; it must be 0 or above.");
        Require(MaxGradientNorm >= 0, $"--max-grad-norm is {MaxGradientNorm}; it must be 0 (no clipping) or above.");
        Require(MinSnrGamma is null or > 0, $"--min-snr-gamma is {MinSnrGamma}; it must be above 0 (5 is usual).");
        Require(NoiseOffset >= 0, $"--noise-offset is {NoiseOffset}; it must be 0 or above.");
        Require(ClipSkip >= 1, $"--clip-skip is {ClipSkip}; it must be at least 1.");
        Require(MaxTokenLength is 75 or 150 or 225, $"--max-token-length is {MaxTokenLength}; it must be 75, 150 or 225.");
        LearningRateSchedule.Factor(Scheduler, 0, 1);
    }

    private static void Require(bool holds, string message)
    {
        if (!holds) throw new UniVGException(message);
    }
}
