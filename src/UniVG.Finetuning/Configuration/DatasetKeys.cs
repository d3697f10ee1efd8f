using UniVG.Diffusion.Images;
using UniVG.Finetuning.Data.Captions;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Training;

namespace UniVG.Finetuning.Configuration;

/// <summary>Keys that say where the images are, and how they and their captions are read.</summary>
internal static class DatasetKeys
{
    // Validation wherever there are images enough, which kohya does not have.
    private const string Automatic = "auto";

    /// <summary>The keys.</summary>
    public static IReadOnlyList<ConfigKey> All { get; } =
    [
        new("train_data_dir", (v, d) => With(d, o => o) with { DatasetPath = v.TextOrNone() }, d => IsFile(d) ? null : d.DatasetPath),
        new("dataset_config", (v, d) => v.TextOrNone() is { } file ? With(d, o => o) with { DatasetPath = file } : d, d => IsFile(d) ? d.DatasetPath : null),
        Option("resolution", (v, o) => o with { Width = v.Size().Width, Height = v.Size().Height }, o => FormattableString.Invariant($"{o.Width},{o.Height}")),
        Option("enable_bucket", (v, o) => o with { EnableBuckets = v.Flag() }, o => o.EnableBuckets),
        Option("min_bucket_reso", (v, o) => o with { MinBucket = v.Whole() }, o => o.MinBucket),
        Option("max_bucket_reso", (v, o) => o with { MaxBucket = v.Whole() }, o => o.MaxBucket),
        Option("bucket_reso_steps", (v, o) => o with { BucketStep = v.Whole() }, o => o.BucketStep),
        Option("bucket_no_upscale", (v, o) => o with { NoUpscale = v.Flag() }, o => o.NoUpscale),
        Option("flip_aug", (v, o) => o with { FlipAugmentation = v.Flag() }, o => o.FlipAugmentation),
        Option("color_aug", (v, o) => o with { ColorAugmentation = v.Flag() }, o => o.ColorAugmentation ? true : null),
        Option("random_crop", (v, o) => o with { RandomCrop = v.Flag() }, o => o.RandomCrop ? true : null),
        Option("reg_data_dir", (v, o) => o with { RegularizationFolder = v.TextOrNone() }, o => o.RegularizationFolder),
        Option("alpha_mask", (v, o) => o with { AlphaMask = v.Flag() }, o => o.AlphaMask ? true : null),
        Option("cache_latents_to_disk", (v, o) => o with { LatentCache = o.LatentCache with { ToDisk = v.Flag() } }, o => o.LatentCache.ToDisk ? true : null),
        Option("univg_cache_dir", (v, o) => o with { LatentCache = o.LatentCache with { Folder = v.TextOrNone() } }, o => o.LatentCache.Folder),
        Option("univg_background", (v, o) => o with { Reading = o.Reading with { Background = v.Checked(() => RgbColor.Parse(v.Text())) } }, o => o.Reading.Background == RgbColor.Black ? null : o.Reading.Background.ToString()),
        Option("univg_mask_dir", (v, o) => o with { MaskFolder = v.TextOrNone() }, o => o.MaskFolder),
        Option("validation_split", (v, o) => o with { Validation = v.Number() }, o => o.Validation),
        Option("validation_seed", (v, o) => o with { ValidationSeed = v.Whole() }, o => o.ValidationSeed == 0 ? null : o.ValidationSeed),
        Option("univg_validation", (_, o) => o with { Validation = null }, o => o.Validation is null ? Automatic : null),
        Option("univg_gray_window", (v, o) => o with { Reading = o.Reading with { Window = WindowOf(v) } }, o => o.Reading.Window is { } window ? FormattableString.Invariant($"{window.Low},{window.High}") : null),
        Option("caption_extension", (v, o) => o with { CaptionExtension = v.Text() }, o => o.CaptionExtension),
        Caption("caption_prefix", (v, c) => c with { Prefix = v.TextOrNone() }, c => c.Prefix),
        Caption("caption_suffix", (v, c) => c with { Suffix = v.TextOrNone() }, c => c.Suffix),
        Caption("caption_separator", (v, c) => c with { Separator = v.Text() }, c => c.Separator),
        Caption("shuffle_caption", (v, c) => c with { Shuffle = v.Flag() }, c => c.Shuffle),
        Caption("keep_tokens", (v, c) => c with { KeepTokens = v.Whole() }, c => c.KeepTokens),
        Caption("keep_tokens_separator", (v, c) => c with { KeepTokensSeparator = v.TextOrNone() }, c => c.KeepTokensSeparator),
        Caption("secondary_separator", (v, c) => c with { SecondarySeparator = v.TextOrNone() }, c => c.SecondarySeparator),
        Caption("enable_wildcard", (v, c) => c with { EnableWildcard = v.Flag() }, c => c.EnableWildcard ? true : null),
        Caption("caption_dropout_rate", (v, c) => c with { DropoutRate = v.Number() }, c => Unless(c.DropoutRate, 0)),
        Caption("caption_dropout_every_n_epochs", (v, c) => c with { DropoutEveryNEpochs = v.Whole() }, c => c.DropoutEveryNEpochs == 0 ? null : c.DropoutEveryNEpochs),
        Caption("caption_tag_dropout_rate", (v, c) => c with { TagDropoutRate = v.Number() }, c => Unless(c.TagDropoutRate, 0)),
        Caption("token_warmup_min", (v, c) => c with { TokenWarmupMin = v.Whole() }, c => c.TokenWarmupMin == 1 ? null : c.TokenWarmupMin),
        Caption("token_warmup_step", (v, c) => c with { TokenWarmupStep = v.Number() }, c => Unless(c.TokenWarmupStep, 0)),
    ];

    private static ConfigKey Option(string name, Func<ConfigValue, DatasetOptions, DatasetOptions> read, Func<DatasetOptions, object?> write) =>
        new(name, (v, d) => With(d, o => read(v, o)), d => d.Dataset is { } options ? write(options) : null);

    private static ConfigKey Caption(string name, Func<ConfigValue, CaptionOptions, CaptionOptions> read, Func<CaptionOptions, object?> write) =>
        Option(name, (v, o) => o with { Captions = read(v, o.Captions) }, o => write(o.Captions));

    private static RunDefinition With(RunDefinition definition, Func<DatasetOptions, DatasetOptions> change) =>
        definition with { Dataset = change(definition.Dataset ?? KohyaDefaults.Dataset) };

    private static GrayWindow? WindowOf(ConfigValue value) => value.IsOff ? null : new GrayWindow(value.Size().Width, value.Size().Height);

    private static bool IsFile(RunDefinition definition) => definition.DatasetPath is { } path && DatasetReader.IsToml(path);

    private static double? Unless(double value, double usual) => value == usual ? null : value;
}
