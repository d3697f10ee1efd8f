using System.Globalization;
using UniVG.Diffusion;
using UniVG.Finetuning.Adapters.Settings;
using UniVG.Finetuning.Training.Losses;
using UniVG.Finetuning.Training.Optimizers;

namespace UniVG.Finetuning.Training.Settings;

/// <summary>All settings of a training, in the order of help.</summary>
public static class TrainingSettings
{
    private const string Planned = "the plan of steps and epochs hangs on it";
    private const string Remembered = "the optimizer's memory hangs on it";
    private const string Learnt = "what the adapter learnt so far hangs on it";

    /// <summary>The settings.</summary>
    public static IReadOnlyList<TrainingSetting> All { get; } = [.. Plan(), .. Rates(), .. Loss(), .. Noise(), .. Model(), .. Watching()];

    /// <summary>Those that may change between steps.</summary>
    public static IEnumerable<TrainingSetting> Changeable => All.Where(setting => setting.WhyFixed is null);

    /// <summary>The setting of a name on the command line, or of kohya's name.</summary>
    /// <exception cref="UniVGException">There is none; the message names the nearest.</exception>
    public static TrainingSetting Find(string name) => All.FirstOrDefault(s => s.Name == name || s.KohyaKey == name)
        ?? throw new UniVGException(AdapterSettings.All.Any(s => s.Name == name)
            ? $"'{name}' is the adapter's, which a run keeps; attach another adapter with it, such as '#!univg lora --{name} …', to begin a run."
            : $"There is no setting '{name}'{NearestMatch.Hint(name, All.Select(s => s.Name))}; '#!univg help train' lists them.");

    /// <summary>A configuration with other values, each as <c>name=value</c>.</summary>
    /// <exception cref="UniVGException">A name is not known, a value impossible, or there is no <c>=</c>.</exception>
    public static TrainingConfig Apply(TrainingConfig config, IEnumerable<string> values) => values.Aggregate(config, (changed, text) =>
    {
        var parts = text.Split('=', 2);
        return parts.Length == 2 ? Find(parts[0].TrimStart('-')).Write(changed, parts[1]) : throw new UniVGException(
            $"'{text}' is no NAME=VALUE; write it like lr=5e-5.");
    });

    /// <summary>What tells two configurations apart, such as <c>lr 1e-4 → 5e-5</c>.</summary>
    public static IReadOnlyList<string> Differences(TrainingConfig before, TrainingConfig after) =>
    [
        .. All.Select(setting => (setting.Name, Before: setting.Read(before), After: setting.Read(after)))
            .Where(setting => setting.Before != setting.After)
            .Select(setting => $"{setting.Name} {setting.Before} → {setting.After}"),
    ];

    private static IEnumerable<TrainingSetting> Plan() =>
    [
        new NumberSetting("steps", "max_train_steps", SettingGroup.Plan, "optimizer steps; default 3000 for LoRA, 1500 for LoHA",
            c => c.Steps, (c, v) => c with { Steps = (int)v!.Value }) { IsWhole = true, Min = 1, WhyFixed = Planned },
        new NumberSetting("epochs", "max_train_epochs", SettingGroup.Plan, "passes over the dataset, instead of --steps",
            c => c.Epochs, (c, v) => c with { Epochs = (int?)v }) { IsWhole = true, Min = 1, None = "off", WhyFixed = Planned },
        new NumberSetting("batch", "train_batch_size", SettingGroup.Plan, "images a forward pass; default 2 for LoRA, 1 for LoHA",
            c => c.BatchSize, (c, v) => c with { BatchSize = (int)v!.Value }) { IsWhole = true, Min = 1, Max = 4096, WhyFixed = Planned },
        new NumberSetting("accumulate", "gradient_accumulation_steps", SettingGroup.Plan, "batches an optimizer step; default 1",
            c => c.GradientAccumulationSteps, (c, v) => c with { GradientAccumulationSteps = (int)v!.Value }) { IsWhole = true, Min = 1, Max = 4096, WhyFixed = Planned },
        new NumberSetting("seed", "seed", SettingGroup.Plan, "seeds order, noise and timesteps; default 1337",
            c => c.Seed, (c, v) => c with { Seed = (long)v!.Value }) { IsWhole = true, WhyFixed = "the order of images hangs on it" },
    ];

    private static IEnumerable<TrainingSetting> Rates() =>
    [
        new NumberSetting("lr", "unet_lr", SettingGroup.Rates, "learning rate of the UNet; default 1e-4, Lion 3e-5, Prodigy 1",
            c => c.LearningRate, (c, v) => c with { LearningRate = v!.Value }) { IsMinAllowed = false },
        new NumberSetting("text-lr", "text_encoder_lr", SettingGroup.Rates, "learning rate of the text encoder, 0 to leave it; default a tenth of --lr",
            c => c.TextEncoderLearningRate, (c, v) => c with { TextEncoderLearningRate = v!.Value }),
        new ChoiceSetting("scheduler", "lr_scheduler", SettingGroup.Rates, "course of the learning rate; default cosine", LearningRateSchedule.Names,
            c => c.Scheduler, (c, v) => c with { Scheduler = v }),
        new NumberSetting("warmup", "lr_warmup_steps", SettingGroup.Rates, "steps over which the rate rises from 0, or below 1 a fraction; default 0",
            c => c.WarmupSteps, (c, v) => c with { WarmupSteps = v!.Value }),
        new NumberSetting("lr-cycles", "lr_scheduler_num_cycles", SettingGroup.Rates, "cycles of cosine_with_restarts; default 1",
            c => c.SchedulerCycles, (c, v) => c with { SchedulerCycles = (int)v!.Value }) { IsWhole = true, Min = 1 },
        new NumberSetting("lr-power", "lr_scheduler_power", SettingGroup.Rates, "power of polynomial; default 1",
            c => c.SchedulerPower, (c, v) => c with { SchedulerPower = v!.Value }),
        new NumberSetting("loraplus-lr-ratio", "loraplus_lr_ratio", SettingGroup.Rates, "LoRA+: rate of a LoRA's up matrices as a multiple; 16 is usual, default off",
            c => c.LoraPlusRatio, (c, v) => c with { LoraPlusRatio = v }) { IsMinAllowed = false, None = "off", WhyFixed = Remembered },
        new ChoiceSetting("optimizer", "optimizer_type", SettingGroup.Rates, "the rule of the steps: AdamW8bit remembers in 8 bits, Prodigy and Adafactor find the rate; default AdamW", KnownOptimizers.Names,
            c => c.Optimizer, (c, v) => c with { Optimizer = v }) { WhyFixed = Remembered },
        new TextSetting("optimizer-args", "optimizer_args", SettingGroup.Rates, "its arguments, such as \"weight_decay=0.1 betas=0.9,0.99\"",
            c => string.Join(' ', c.OptimizerArguments),
            (c, v) => c with { OptimizerArguments = v.Replace(", ", ",", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries) }) { WhyFixed = Remembered },
        new NumberSetting("max-grad-norm", "max_grad_norm", SettingGroup.Rates, "clips the gradients' joint norm, 0 does not; default 1",
            c => c.MaxGradientNorm, (c, v) => c with { MaxGradientNorm = v!.Value }),
        new NumberSetting("scale-weight-norms", "scale_weight_norms", SettingGroup.Rates, "keeps the norm of each layer's change below X; 1 is usual, default off",
            c => c.ScaleWeightNorms, (c, v) => c with { ScaleWeightNorms = v }) { IsMinAllowed = false, None = "off" },
    ];

    private static IEnumerable<TrainingSetting> Loss() =>
    [
        new ChoiceSetting("loss", "loss_type", SettingGroup.Loss, "measure of the error; default l2", ErrorMeasure.Names,
            c => c.LossType, (c, v) => c with { LossType = v }),
        new ChoiceSetting("huber-schedule", "huber_schedule", SettingGroup.Loss, "course of Huber's c over the timesteps; default snr", HuberThreshold.Schedules,
            c => c.HuberSchedule, (c, v) => c with { HuberSchedule = v }),
        new NumberSetting("huber-c", "huber_c", SettingGroup.Loss, "Huber's c, where huber and smooth_l1 turn from quadratic to linear; default 0.1",
            c => c.HuberC, (c, v) => c with { HuberC = v!.Value }) { IsMinAllowed = false },
        new NumberSetting("huber-scale", "huber_scale", SettingGroup.Loss, "factor on it with the schedules exponential and constant; default 1",
            c => c.HuberScale, (c, v) => c with { HuberScale = v!.Value }) { IsMinAllowed = false },
        new NumberSetting("min-snr-gamma", "min_snr_gamma", SettingGroup.Loss, "weights the loss by min(SNR, X)/SNR; 5 is usual, default off",
            c => c.MinSnrGamma, (c, v) => c with { MinSnrGamma = v }) { IsMinAllowed = false, None = "off" },
        new FlagSetting("debiased", "debiased_estimation_loss", SettingGroup.Loss, "weights the loss by 1/sqrt(SNR)",
            c => c.DebiasedEstimation, (c, v) => c with { DebiasedEstimation = v }),
        new FlagSetting("v-parameterization", "v_parameterization", SettingGroup.Loss, "for a model that predicts velocity, not noise",
            c => c.VParameterization, (c, v) => c with { VParameterization = v }) { WhyFixed = Learnt },
        new FlagSetting("scale-v-pred-loss", "scale_v_pred_loss_like_noise_pred", SettingGroup.Loss, "weights a velocity loss like that of a noise prediction",
            c => c.ScaleVPredLossLikeNoisePred, (c, v) => c with { ScaleVPredLossLikeNoisePred = v }),
        new NumberSetting("v-pred-like-loss", "v_pred_like_loss", SettingGroup.Loss, "adds X times the loss, weighted like a velocity loss; default off",
            c => c.VPredLikeLoss, (c, v) => c with { VPredLikeLoss = v }) { IsMinAllowed = false, None = "off" },
        new NumberSetting("prior-loss-weight", "prior_loss_weight", SettingGroup.Loss, "weight of regularisation images; default 1",
            c => c.PriorLossWeight, (c, v) => c with { PriorLossWeight = v!.Value }),
    ];

    private static IEnumerable<TrainingSetting> Noise() =>
    [
        new NumberSetting("noise-offset", "noise_offset", SettingGroup.Noise, "adds a constant offset to each channel's noise; default 0",
            c => c.NoiseOffset, (c, v) => c with { NoiseOffset = v!.Value }),
        new FlagSetting("noise-offset-random-strength", "noise_offset_random_strength", SettingGroup.Noise, "draws its strength anew for each batch",
            c => c.NoiseOffsetRandomStrength, (c, v) => c with { NoiseOffsetRandomStrength = v }),
        new NumberSetting("adaptive-noise-scale", "adaptive_noise_scale", SettingGroup.Noise, "adds X times the latents' mean to its strength; default off",
            c => c.AdaptiveNoiseScale, (c, v) => c with { AdaptiveNoiseScale = v }) { Min = double.NegativeInfinity, None = "off" },
        new NumberSetting("multires-noise-iterations", "multires_noise_iterations", SettingGroup.Noise, "octaves of coarser noise to add; 6 to 10 are usual, default off",
            c => c.MultiresNoiseIterations, (c, v) => c with { MultiresNoiseIterations = (int?)v }) { IsWhole = true, IsMinAllowed = false, Max = 100, None = "off" },
        new NumberSetting("multires-noise-discount", "multires_noise_discount", SettingGroup.Noise, "strength of each octave as a part of the last one's; default 0.3",
            c => c.MultiresNoiseDiscount, (c, v) => c with { MultiresNoiseDiscount = v!.Value }),
        new NumberSetting("ip-noise-gamma", "ip_noise_gamma", SettingGroup.Noise, "perturbs the input, not the target; 0.1 is usual, default off",
            c => c.IpNoiseGamma, (c, v) => c with { IpNoiseGamma = v }) { IsMinAllowed = false, None = "off" },
        new FlagSetting("ip-noise-gamma-random-strength", "ip_noise_gamma_random_strength", SettingGroup.Noise, "draws its strength anew for each batch",
            c => c.IpNoiseGammaRandomStrength, (c, v) => c with { IpNoiseGammaRandomStrength = v }),
        new NumberSetting("min-timestep", "min_timestep", SettingGroup.Noise, "first timestep that is trained; default 0",
            c => c.MinTimestep, (c, v) => c with { MinTimestep = (int)v!.Value }) { IsWhole = true, Max = 999 },
        new NumberSetting("max-timestep", "max_timestep", SettingGroup.Noise, "timestep before which training ends; default 1000",
            c => c.MaxTimestep, (c, v) => c with { MaxTimestep = (int)v!.Value }) { IsWhole = true, Min = 1, Max = 1000 },
        new FlagSetting("zero-terminal-snr", "zero_terminal_snr", SettingGroup.Noise, "stretches the noise schedule to end without a rest of the image",
            c => c.ZeroTerminalSnr, (c, v) => c with { ZeroTerminalSnr = v }) { WhyFixed = Learnt },
    ];

    private static IEnumerable<TrainingSetting> Model() =>
    [
        new NumberSetting("clip-skip", "clip_skip", SettingGroup.Model, "text encoder layer, counted from the last; default 1, as UniVG was trained (SD-Trainer: 2)",
            c => c.ClipSkip, (c, v) => c with { ClipSkip = (int)v!.Value }) { IsWhole = true, Min = 1, WhyFixed = Learnt },
        new ChoiceSetting("max-token-length", "max_token_length", SettingGroup.Model, "tokens of a caption that count; default 75", ["75", "150", "225"],
            c => c.MaxTokenLength.ToString(CultureInfo.InvariantCulture), (c, v) => c with { MaxTokenLength = int.Parse(v, CultureInfo.InvariantCulture) }) { WhyFixed = Learnt },
        new FlagSetting("checkpointing", "gradient_checkpointing", SettingGroup.Model, "computes layers again in the backward pass: less memory, a third more time",
            c => c.GradientCheckpointing, (c, v) => c with { GradientCheckpointing = v }),
    ];

    private static IEnumerable<TrainingSetting> Watching() =>
    [
        new NumberSetting("validate-every", "validate_every_n_steps", SettingGroup.Watching, "measures the loss on held-out images each N steps, 0 never; default ten times a run",
            c => c.ValidateEvery, (c, v) => c with { ValidateEvery = (int?)v }) { IsWhole = true, None = "auto" },
        new NumberSetting("sample-every", "sample_every_n_steps", SettingGroup.Watching, "draws samples each N steps; default never",
            c => c.SampleEvery, (c, v) => c with { SampleEvery = (int)v!.Value }) { IsWhole = true },
        new TextSetting("sample-prompt", "sample_prompts", SettingGroup.Watching, "what to draw; default the first trigger word",
            c => c.SamplePrompt ?? "", (c, v) => c with { SamplePrompt = v.Length > 0 ? v : null }),
    ];
}
