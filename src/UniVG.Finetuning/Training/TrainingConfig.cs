using UniVG.Diffusion;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Training.Losses;
using UniVG.Finetuning.Training.Optimizers;
using UniVG.Finetuning.Training.Settings;

namespace UniVG.Finetuning.Training;

/// <summary>
/// How to train; the defaults are the UniVG guide's LoRA configuration. <see cref="TrainingSettings"/> names every value, says what is
/// allowed, and which may change between steps.
/// </summary>
public sealed record TrainingConfig
{
    /// <summary>The UniVG guide's settings for LoHA; those for LoRA are the defaults.</summary>
    public static TrainingConfig Loha => new() { Steps = 1500, BatchSize = 1 };

    /// <summary>The UniVG guide's settings for a kind of adapter.</summary>
    public static TrainingConfig For(AdapterConfig adapter) => adapter.Kind == "loha" ? Loha : new TrainingConfig();

    /// <summary>Optimizer steps to train, unless <see cref="Epochs"/> is given.</summary>
    public int Steps { get; init; } = 3000;

    /// <summary>Passes over the dataset; where given it decides the number of steps, as in kohya.</summary>
    public int? Epochs { get; init; }

    /// <summary>Images of a forward pass.</summary>
    public int BatchSize { get; init; } = 2;

    /// <summary>Batches whose gradients make one optimizer step.</summary>
    public int GradientAccumulationSteps { get; init; } = 1;

    /// <summary>Seeds the adapters' start, the order of images, the noise and the timesteps.</summary>
    public long Seed { get; init; } = 1337;

    /// <summary>The UNet's learning rate.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>The text encoder's learning rate (SD-Trainer's default is a tenth of the UNet's); 0 leaves its adapters untrained.</summary>
    public double TextEncoderLearningRate { get; init; } = 1e-5;

    /// <summary>One of <see cref="LearningRateSchedule.Names"/>.</summary>
    public string Scheduler { get; init; } = LearningRateSchedule.Default;

    /// <summary>Steps over which the rate rises from 0; below 1, a fraction of all steps.</summary>
    public double WarmupSteps { get; init; }

    /// <summary>Cycles of <c>cosine_with_restarts</c>.</summary>
    public int SchedulerCycles { get; init; } = 1;

    /// <summary>Power of <c>polynomial</c>.</summary>
    public double SchedulerPower { get; init; } = 1;

    /// <summary>How much higher LoRA+ sets the rate of a LoRA's up matrices (Hayou et al. 2024; 16 is usual); null gives all the same.</summary>
    public double? LoraPlusRatio { get; init; }

    /// <summary>One of <see cref="KnownOptimizers"/>.</summary>
    public string Optimizer { get; init; } = AdamW.Method.Name;

    /// <summary>kohya's <c>optimizer_args</c>, <c>key=value</c> each.</summary>
    public IReadOnlyList<string> OptimizerArguments { get; init; } = [];

    /// <summary>The largest joint norm of the gradients; 0 does not clip.</summary>
    public double MaxGradientNorm { get; init; } = 1;

    /// <summary>The largest norm of a layer's ΔW, kept after each step (kohya's scale_weight_norms); null keeps none.</summary>
    public double? ScaleWeightNorms { get; init; }

    /// <summary>One of <see cref="ErrorMeasure.Names"/>.</summary>
    public string LossType { get; init; } = ErrorMeasure.L2;

    /// <summary>How Huber's c depends on the timestep, one of <see cref="HuberThreshold.Schedules"/>.</summary>
    public string HuberSchedule { get; init; } = HuberThreshold.Snr;

    /// <summary>Huber's c, at the last timestep unless the schedule is constant.</summary>
    public double HuberC { get; init; } = 0.1;

    /// <summary>A factor on Huber's c with the schedules <c>exponential</c> and <c>constant</c>.</summary>
    public double HuberScale { get; init; } = 1;

    /// <summary>γ of min-SNR weighting (Hang et al. 2023); null weights all timesteps equally.</summary>
    public double? MinSnrGamma { get; init; }

    /// <summary>Whether the loss is weighted by 1/√SNR (debiased estimation, Yu et al. 2023).</summary>
    public bool DebiasedEstimation { get; init; }

    /// <summary>Whether the model predicts the velocity rather than the noise (Salimans and Ho 2022).</summary>
    public bool VParameterization { get; init; }

    /// <summary>Whether a velocity loss is weighted like that of a noise prediction.</summary>
    public bool ScaleVPredLossLikeNoisePred { get; init; }

    /// <summary>How much of a velocity-like weighting to add to the loss of a noise prediction; null adds none.</summary>
    public double? VPredLikeLoss { get; init; }

    /// <summary>The weight of regularisation images.</summary>
    public double PriorLossWeight { get; init; } = 1;

    /// <summary>Strength of a constant offset a channel added to the noise; 0 adds none.</summary>
    public double NoiseOffset { get; init; }

    /// <summary>Whether that strength is drawn anew, up to <see cref="NoiseOffset"/>, for each batch.</summary>
    public bool NoiseOffsetRandomStrength { get; init; }

    /// <summary>How much the mean of the latents adds to that strength; null adds none.</summary>
    public double? AdaptiveNoiseScale { get; init; }

    /// <summary>Octaves of multi-resolution noise; null adds none.</summary>
    public int? MultiresNoiseIterations { get; init; }

    /// <summary>How much weaker each octave is than the one before.</summary>
    public double MultiresNoiseDiscount { get; init; } = 0.3;

    /// <summary>Strength of the noise by which the input is perturbed, not the target (Ning et al. 2023); null adds none.</summary>
    public double? IpNoiseGamma { get; init; }

    /// <summary>Whether that strength is drawn anew, up to <see cref="IpNoiseGamma"/>, for each batch.</summary>
    public bool IpNoiseGammaRandomStrength { get; init; }

    /// <summary>The first timestep that is trained.</summary>
    public int MinTimestep { get; init; }

    /// <summary>The timestep before which training ends.</summary>
    public int MaxTimestep { get; init; } = 1000;

    /// <summary>Whether the noise schedule is stretched to leave nothing of the image at its end (Lin et al. 2024).</summary>
    public bool ZeroTerminalSnr { get; init; }

    /// <summary>Whether layers are computed again in the backward pass instead of kept: less memory, more time, gradients equal up to the order of sums.</summary>
    public bool GradientCheckpointing { get; init; }

    /// <summary>The text encoder's output layer counted from the last; 1 is the last (UniVG's own training), 2 SD-Trainer's default.</summary>
    public int ClipSkip { get; init; } = 1;

    /// <summary>Tokens of a caption that count: 75, 150 or 225; more are cut.</summary>
    public int MaxTokenLength { get; init; } = 75;

    /// <summary>Steps between measurements of the validation loss; 0 for none, null for about ten over the run.</summary>
    public int? ValidateEvery { get; init; }

    /// <summary>Steps between samples; 0 draws none.</summary>
    public int SampleEvery { get; init; }

    /// <summary>What samples show; null the first trigger word.</summary>
    public string? SamplePrompt { get; init; }

    /// <summary>How many of the text encoder's windows of 75 tokens a caption takes.</summary>
    public int PromptChunks => MaxTokenLength / 75;

    /// <summary>Checks the values, alone and together.</summary>
    /// <exception cref="UniVGException">The first impossible one, with what is allowed.</exception>
    public void Validate()
    {
        foreach (var setting in TrainingSettings.All)
            if (setting.Problem(this) is { } problem) throw new UniVGException(problem);

        Require(Scheduler != "constant" || WarmupSteps == 0, "--scheduler constant has no warm-up; use constant_with_warmup, or leave --warmup out.");
        Require(MinTimestep < MaxTimestep, $"--min-timestep is {MinTimestep}; it must be below --max-timestep, {MaxTimestep}.");
        Require(NoiseOffset == 0 || MultiresNoiseIterations is null, "--noise-offset and --multires-noise-iterations exclude each other; use one of them.");
        Require(AdaptiveNoiseScale is null || NoiseOffset > 0, "--adaptive-noise-scale changes the noise offset; give a --noise-offset too.");
        Require(VParameterization || !ScaleVPredLossLikeNoisePred, "--scale-v-pred-loss is for --v-parameterization; give that too, or leave it out.");
        Require(!VParameterization || VPredLikeLoss is null, "--v-pred-like-loss is for noise predictions; leave it or --v-parameterization out.");
        Require(
            VParameterization || !ZeroTerminalSnr || (!DebiasedEstimation && VPredLikeLoss is null),
            "--zero-terminal-snr leaves no signal at the end, where --debiased and --v-pred-like-loss divide by it; leave those out.");
        Require(
            !KnownOptimizers.Find(Optimizer).HasOneRate || ((TextEncoderLearningRate == LearningRate || TextEncoderLearningRate == 0) && LoraPlusRatio is null),
            $"{Optimizer} has one rate for all; make --text-lr equal to --lr, or 0, and leave --loraplus-lr-ratio out.");
        KnownOptimizers.Create(Optimizer, [], OptimizerArguments).Dispose();
    }

    /// <summary>Checks the values as <see cref="Validate"/> does, and against the model that is to be trained.</summary>
    /// <exception cref="UniVGException">The first impossible one, with what is allowed.</exception>
    public void ValidateFor(StableDiffusion model)
    {
        Validate();
        var layers = model.TextEncoder.Config.Layers;
        Require(ClipSkip <= layers, $"--clip-skip is {ClipSkip}, and the model's text encoder has {layers} layers; use 1, as UniVG was trained, to {layers}.");
    }

    private static void Require(bool holds, string message)
    {
        if (!holds) throw new UniVGException(message);
    }
}
