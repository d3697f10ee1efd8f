using System.Globalization;
using System.Text.Json;
using UniVG.Finetuning.Adapters;

namespace UniVG.Finetuning.Training;

/// <summary>
/// What an adapter file says of its making, under the names that kohya gives it and that A1111 and ComfyUI show. Folder paths and
/// captions stay out: the images are often medical.
/// </summary>
public static class AdapterMetadata
{
    /// <summary>The entries of a run's file; values in Python's notation, as kohya writes them.</summary>
    /// <param name="run">The run.</param>
    /// <param name="modelName">The base model's name.</param>
    /// <param name="outputName">The file's name without its ending.</param>
    public static IReadOnlyDictionary<string, string> Of(FineTuningRun run, string modelName, string outputName)
    {
        var (config, adapter, options) = (run.Config, run.Adapter.Config, run.Dataset.Options);
        return new Dictionary<string, string>
        {
            ["ss_output_name"] = outputName,
            ["ss_base_model_version"] = "sd_v1",
            ["ss_sd_model_name"] = modelName,
            ["ss_v2"] = "False",
            ["ss_network_module"] = adapter is { Kind: "lora", Targets: AdapterTargets.Kohya } ? "networks.lora" : "lycoris.kohya",
            ["ss_network_dim"] = Text(adapter.Dim),
            ["ss_network_alpha"] = Text(adapter.Alpha),
            ["ss_network_args"] = NetworkArguments(adapter),
            ["ss_learning_rate"] = Text(config.LearningRate),
            ["ss_unet_lr"] = Text(config.LearningRate),
            ["ss_text_encoder_lr"] = Text(config.TextEncoderLearningRate),
            ["ss_lr_scheduler"] = config.Scheduler,
            ["ss_lr_warmup_steps"] = Text(config.WarmupSteps),
            ["ss_optimizer"] = $"univg.AdamW(weight_decay={Text(config.WeightDecay)})",
            ["ss_max_grad_norm"] = Text(config.MaxGradientNorm),
            ["ss_max_train_steps"] = Text(run.TotalSteps),
            ["ss_steps"] = Text(run.Step),
            ["ss_epoch"] = Text(run.History.Last?.Epoch ?? 0),
            ["ss_num_epochs"] = Text((run.TotalSteps + run.StepsPerEpoch - 1) / run.StepsPerEpoch),
            ["ss_num_batches_per_epoch"] = Text(run.StepsPerEpoch),
            ["ss_num_train_images"] = Text(run.Dataset.ImagesPerEpoch),
            ["ss_batch_size_per_device"] = Text(config.BatchSize),
            ["ss_total_batch_size"] = Text(config.BatchSize),
            ["ss_gradient_accumulation_steps"] = "1",
            ["ss_resolution"] = $"({Text(options.Width)}, {Text(options.Height)})",
            ["ss_enable_bucket"] = Text(options.EnableBuckets),
            ["ss_bucket_no_upscale"] = Text(options.NoUpscale),
            ["ss_flip_aug"] = Text(options.FlipAugmentation),
            ["ss_clip_skip"] = Text(config.ClipSkip),
            ["ss_max_token_length"] = config.MaxTokenLength == 75 ? "None" : Text(config.MaxTokenLength),
            ["ss_noise_offset"] = config.NoiseOffset > 0 ? Text(config.NoiseOffset) : "None",
            ["ss_min_snr_gamma"] = config.MinSnrGamma is { } gamma ? Text(gamma) : "None",
            ["ss_loss_type"] = "l2",
            ["ss_seed"] = Text(config.Seed),
            ["ss_training_started_at"] = Text(run.StartedAt.ToUnixTimeMilliseconds() / 1000.0),
            ["ss_training_finished_at"] = Text(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0),
            ["ss_tag_frequency"] = TriggerWords(run),
            ["univg_beta_start"] = Text(run.Model.Schedule.BetaStart),
            ["univg_beta_end"] = Text(run.Model.Schedule.BetaEnd),
            ["modelspec.sai_model_spec"] = "1.0.0",
            ["modelspec.architecture"] = "stable-diffusion-v1/lora",
            ["modelspec.implementation"] = "diffusers",
            ["modelspec.title"] = outputName,
            ["modelspec.resolution"] = $"{Text(options.Width)}x{Text(options.Height)}",
            ["modelspec.date"] = DateTime.Now.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture),
            ["modelspec.prediction_type"] = "epsilon",
        };
    }

    private static string NetworkArguments(AdapterConfig adapter)
    {
        var arguments = new Dictionary<string, string>();
        if (adapter is not { Kind: "lora", Targets: AdapterTargets.Kohya }) arguments["algo"] = adapter.Kind == "lora" ? "locon" : adapter.Kind;
        arguments["conv_dim"] = Text(adapter.ConvDim);
        arguments["conv_alpha"] = Text(adapter.ConvAlpha);
        return "{" + string.Join(", ", arguments.Select(a => $"{JsonSerializer.Serialize(a.Key)}: {JsonSerializer.Serialize(a.Value)}")) + "}";
    }

    // A1111 shows these as the words to prompt with.
    private static string TriggerWords(FineTuningRun run) => JsonSerializer.Serialize(run.Dataset.Concepts
        .GroupBy(c => c.Trigger)
        .ToDictionary(g => g.Key, g => new Dictionary<string, int> { [g.Key] = g.Sum(c => c.Images.Count) }));

    private static string Text(bool value) => value ? "True" : "False";

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    // Python's repr: 1.0 keeps its point, 1e-05 has a two-digit exponent.
    private static string Text(double value)
    {
        if (value != 0 && Math.Abs(value) is < 1e-4 or >= 1e16)
        {
            var parts = value.ToString("R", CultureInfo.InvariantCulture).Split('E');
            var exponent = int.Parse(parts[1], CultureInfo.InvariantCulture);
            return $"{parts[0]}e{(exponent < 0 ? "-" : "+")}{Math.Abs(exponent):00}";
        }

        return value == Math.Floor(value) ? value.ToString("F1", CultureInfo.InvariantCulture) : value.ToString("0.################", CultureInfo.InvariantCulture);
    }
}
