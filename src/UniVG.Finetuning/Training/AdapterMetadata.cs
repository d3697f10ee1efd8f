using System.Globalization;
using TorchSharp;
using UniVG.Finetuning.Data;
using static UniVG.Finetuning.Training.PythonText;

namespace UniVG.Finetuning.Training;

/// <summary>
/// What an adapter file says of its making: kohya's <c>ss_*</c> and Stability's <c>modelspec.*</c> entries, which A1111 and ComfyUI
/// show, and <c>univg_*</c> entries. Where we differ from kohya, in the optimizer for example, the truth is written.
/// </summary>
public static class AdapterMetadata
{
    /// <summary>The entries of a run's file; values in Python's notation, as kohya writes them.</summary>
    /// <param name="run">The run.</param>
    /// <param name="modelName">The base model's name.</param>
    /// <param name="outputName">The file's name without its ending.</param>
    /// <param name="detail">How much to tell of the images.</param>
    /// <param name="modelPath">The base model's file, to be hashed; null, or a folder, leaves the hashes out.</param>
    public static IReadOnlyDictionary<string, string> Of(
        FineTuningRun run, string modelName, string outputName, MetadataDetail detail = MetadataDetail.Standard, string? modelPath = null)
    {
        var entries = new Dictionary<string, string>();
        AddRun(entries, run, outputName);
        AddTraining(entries, run);
        NetworkMetadata.Set(entries, run.Adapter.Config);
        AddModel(entries, run, modelName, modelPath);
        AddDataset(entries, run, detail);
        AddModelSpec(entries, run, outputName);
        return entries;
    }

    /// <summary>Under which key <see cref="SessionId"/> stands.</summary>
    internal const string SessionIdKey = "ss_session_id";

    /// <summary>The entry that tells after which step an adapter was written.</summary>
    internal const string StepsKey = "ss_steps";

    /// <summary>A number that the files of one run share and those of others do not.</summary>
    /// <param name="startedAt">When the run began.</param>
    internal static string SessionId(DateTimeOffset startedAt) => Text(unchecked((uint)(startedAt.UtcTicks * 2654435761)));

    private static void AddRun(Dictionary<string, string> entries, FineTuningRun run, string outputName)
    {
        var epochs = run.TotalEpochs;

        entries[SessionIdKey] = SessionId(run.StartedAt);
        entries["ss_training_started_at"] = Text(run.StartedAt.ToUnixTimeMilliseconds() / 1000.0);
        entries["ss_training_finished_at"] = Text(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0);
        entries["ss_output_name"] = outputName;
        entries["ss_max_train_steps"] = Text(run.TotalSteps);
        entries[StepsKey] = Text(run.Step);
        entries["ss_epoch"] = Text(run.History.Last?.Epoch ?? 0);
        entries["ss_num_epochs"] = Text(epochs);
        entries["ss_num_batches_per_epoch"] = Text(run.StepsPerEpoch);
        entries["ss_training_comment"] = None;
        entries["ss_sd_scripts_commit_hash"] = "(unknown)";
        entries["univg_version"] = typeof(AdapterMetadata).Assembly.GetName().Version!.ToString(3);
    }

    private static void AddTraining(Dictionary<string, string> entries, FineTuningRun run)
    {
        var config = run.Config;
        entries["ss_learning_rate"] = Text(config.LearningRate);
        entries["ss_unet_lr"] = Text(config.LearningRate);
        entries["ss_text_encoder_lr"] = Text(config.TextEncoderLearningRate);
        entries["ss_lr_scheduler"] = run.Optimizer.IgnoresGivenRate ? $"adafactor:{Text(config.LearningRate)}" : config.Scheduler;
        entries["ss_lr_warmup_steps"] = config.WarmupSteps is > 0 and < 1 ? Text(config.WarmupSteps) : Text((long)config.WarmupSteps);
        entries["ss_optimizer"] = $"univg.{config.Optimizer}" + (config.OptimizerArguments.Count > 0 ? $"({string.Join(',', config.OptimizerArguments)})" : "");
        entries["ss_max_grad_norm"] = Text(config.MaxGradientNorm);
        entries["ss_gradient_checkpointing"] = Text(config.GradientCheckpointing);
        entries["ss_gradient_accumulation_steps"] = Text(config.GradientAccumulationSteps);
        entries["ss_mixed_precision"] = PrecisionOf(run);
        entries["ss_full_fp16"] = Text(false);
        entries["ss_lowram"] = Text(false);
        entries["ss_cache_latents"] = Text(run.Dataset.Images.All(image => image.IsCacheable));
        entries["ss_seed"] = Text(config.Seed);
        entries["ss_clip_skip"] = Text(config.ClipSkip);
        entries["ss_max_token_length"] = config.MaxTokenLength == 75 ? None : Text(config.MaxTokenLength);
        entries["ss_scale_weight_norms"] = Text(config.ScaleWeightNorms);
        entries["ss_validate_every_n_steps"] = run.ValidateEvery > 0 ? Text(run.ValidateEvery) : None;
        if (config.LoraPlusRatio is not null) entries["univg_loraplus_lr_ratio"] = Text(config.LoraPlusRatio);
        if (run.History.Changes is { Count: > 0 } changes)
            entries["univg_changes"] = Json(changes.Select(change => new Dictionary<string, object> { ["step"] = change.Step, ["settings"] = change.Settings }));
        AddNoise(entries, config);
        AddLoss(entries, config);
    }

    private static void AddNoise(Dictionary<string, string> entries, TrainingConfig config)
    {
        entries["ss_noise_offset"] = config.NoiseOffset > 0 ? Text(config.NoiseOffset) : None;
        entries["ss_noise_offset_random_strength"] = Text(config.NoiseOffsetRandomStrength);
        entries["ss_adaptive_noise_scale"] = Text(config.AdaptiveNoiseScale);
        entries["ss_multires_noise_iterations"] = config.MultiresNoiseIterations is { } iterations ? Text(iterations) : None;
        entries["ss_multires_noise_discount"] = Text(config.MultiresNoiseDiscount);
        entries["ss_ip_noise_gamma"] = Text(config.IpNoiseGamma);
        entries["ss_ip_noise_gamma_random_strength"] = Text(config.IpNoiseGammaRandomStrength);
        entries["ss_zero_terminal_snr"] = Text(config.ZeroTerminalSnr);
        entries["univg_min_timestep"] = Text(config.MinTimestep);
        entries["univg_max_timestep"] = Text(config.MaxTimestep);
    }

    private static void AddLoss(Dictionary<string, string> entries, TrainingConfig config)
    {
        entries["ss_min_snr_gamma"] = Text(config.MinSnrGamma);
        entries["ss_debiased_estimation"] = Text(config.DebiasedEstimation);
        entries["ss_prior_loss_weight"] = Text(config.PriorLossWeight);
        entries["ss_loss_type"] = config.LossType;
        entries["ss_huber_schedule"] = config.HuberSchedule;
        entries["ss_huber_c"] = Text(config.HuberC);
        entries["ss_huber_scale"] = Text(config.HuberScale);
    }

    private static void AddModel(Dictionary<string, string> entries, FineTuningRun run, string modelName, string? modelPath)
    {
        entries["ss_v2"] = Text(false);
        entries["ss_base_model_version"] = "sd_v1";
        entries["ss_sd_model_name"] = modelName;
        if (modelPath is not null && ModelFileHash.Of(modelPath) is { } hash)
            (entries["ss_sd_model_hash"], entries["ss_new_sd_model_hash"]) = (hash.Old, hash.New);
        entries["univg_beta_start"] = Text(run.Model.Schedule.BetaStart);
        entries["univg_beta_end"] = Text(run.Model.Schedule.BetaEnd);
    }

    private static void AddDataset(Dictionary<string, string> entries, FineTuningRun run, MetadataDetail detail)
    {
        var dataset = run.Dataset;
        var (options, captions) = (dataset.Images[0].Options, dataset.Images[0].Options.Captions);
        var regularization = dataset.Images.Where(image => image.IsRegularization).Sum(image => image.Repeats);
        entries["ss_num_train_images"] = Text(dataset.ImagesPerEpoch - regularization);
        entries["ss_num_reg_images"] = Text(regularization);
        entries["ss_batch_size_per_device"] = Text(run.Config.BatchSize);
        entries["ss_total_batch_size"] = Text(run.Config.BatchSize);
        entries["ss_resolution"] = $"({Text(options.Width)}, {Text(options.Height)})";
        entries["ss_color_aug"] = Text(options.ColorAugmentation);
        entries["ss_flip_aug"] = Text(options.FlipAugmentation);
        entries["ss_random_crop"] = Text(options.RandomCrop);
        entries["ss_face_crop_aug_range"] = None;
        entries["ss_shuffle_caption"] = Text(captions.Shuffle);
        entries["ss_keep_tokens"] = Text(captions.KeepTokens);
        entries["ss_caption_dropout_rate"] = Text(captions.DropoutRate);
        entries["ss_caption_dropout_every_n_epochs"] = Text(captions.DropoutEveryNEpochs);
        entries["ss_caption_tag_dropout_rate"] = Text(captions.TagDropoutRate);
        entries["ss_enable_bucket"] = Text(options.EnableBuckets);
        entries["ss_bucket_no_upscale"] = Text(options.NoUpscale);
        entries["ss_min_bucket_reso"] = Text(options.MinBucket);
        entries["ss_max_bucket_reso"] = Text(options.MaxBucket);
        entries["ss_bucket_info"] = Json(options.EnableBuckets ? Buckets(dataset) : null);
        entries["ss_dataset_dirs"] = Json(Folders(dataset.Concepts, detail));
        entries["ss_reg_dataset_dirs"] = Json(Folders(dataset.Regularization, detail));
        entries["ss_tag_frequency"] = Json(TagFrequency(dataset, detail));
    }

    private static Dictionary<string, object> Buckets(FineTuningDataset dataset) => new()
    {
        ["buckets"] = dataset.Buckets
            .Select((bucket, i) => (Key: Text(i), Value: (object)new Dictionary<string, object>
            {
                ["resolution"] = new[] { bucket.Bucket.Width, bucket.Bucket.Height },
                ["count"] = bucket.Images,
            }))
            .ToDictionary(b => b.Key, b => b.Value),
        ["mean_img_ar_error"] = dataset.MeanAspectError,
    };

    private static Dictionary<string, object> Folders(IReadOnlyList<DatasetConcept> concepts, MetadataDetail detail) => concepts
        .GroupBy(concept => NameOf(concept, detail))
        .ToDictionary(group => group.Key, group => (object)new Dictionary<string, object>
        {
            ["n_repeats"] = group.First().Repeats,
            ["img_count"] = group.Sum(concept => concept.Images.Count),
        });

    // A1111 shows these as the words to prompt with.
    private static Dictionary<string, object> TagFrequency(FineTuningDataset dataset, MetadataDetail detail) => dataset.Concepts
        .GroupBy(concept => NameOf(concept, detail))
        .ToDictionary(group => group.Key, group => (object)(detail == MetadataDetail.Full
            ? group.SelectMany(concept => concept.Images).SelectMany(image => image.Caption.Split(','))
                .Select(tag => tag.Trim().ToLowerInvariant()).Where(tag => tag.Length > 0)
                .CountBy(tag => tag).ToDictionary()
            : new Dictionary<string, int> { [group.Key] = group.Sum(concept => concept.Images.Count) }));

    private static string NameOf(DatasetConcept concept, MetadataDetail detail) =>
        detail == MetadataDetail.Full ? Path.GetFileName(Path.TrimEndingDirectorySeparator(concept.Folder)) : concept.Trigger;

    private static void AddModelSpec(Dictionary<string, string> entries, FineTuningRun run, string outputName)
    {
        var options = run.Dataset.Options;
        entries["modelspec.sai_model_spec"] = "1.0.0";
        entries["modelspec.architecture"] = "stable-diffusion-v1/lora";
        entries["modelspec.implementation"] = "diffusers";
        entries["modelspec.title"] = outputName;
        entries["modelspec.resolution"] = $"{Text(options.Width)}x{Text(options.Height)}";
        entries["modelspec.date"] = DateTime.Now.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        entries["modelspec.prediction_type"] = run.Config.VParameterization ? "v" : "epsilon";
        entries["modelspec.encoder_layer"] = Text(run.Config.ClipSkip);
    }

    private static string PrecisionOf(FineTuningRun run) => run.Model.UNet.Weights.DType switch
    {
        torch.ScalarType.Float16 => "fp16",
        torch.ScalarType.BFloat16 => "bf16",
        _ => "no",
    };
}
