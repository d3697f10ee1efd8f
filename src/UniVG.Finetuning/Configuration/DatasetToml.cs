using UniVG.Diffusion;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Training;

namespace UniVG.Finetuning.Configuration;

/// <summary>
/// The dataset files of kohya's trainer (<c>--dataset_config</c>): <c>[general]</c>, <c>[[datasets]]</c> and
/// <c>[[datasets.subsets]]</c>. An option is looked for in the subset, then in its dataset, then in the general part.
/// </summary>
public static class DatasetToml
{
    private static readonly string[] DatasetOptionKeys =
        ["resolution", "enable_bucket", "min_bucket_reso", "max_bucket_reso", "bucket_reso_steps", "bucket_no_upscale", "validation_split", "validation_seed"];

    private static readonly string[] SubsetOptionKeys =
    [
        "flip_aug", "color_aug", "random_crop", "shuffle_caption", "caption_separator", "keep_tokens", "keep_tokens_separator", "secondary_separator",
        "enable_wildcard", "caption_prefix", "caption_suffix", "caption_dropout_rate", "caption_dropout_every_n_epochs", "caption_tag_dropout_rate",
        "token_warmup_min", "token_warmup_step", "caption_extension",
    ];

    private static readonly string[] UnsupportedKeys =
        ["network_multiplier", "resize_interpolation", "face_crop_aug_range", "cache_info", "custom_attributes", "metadata_file", "skip_image_resolution"];

    private static readonly Dictionary<string, ConfigKey> Keys = DatasetKeys.All.ToDictionary(key => key.Name);

    /// <summary>Reads the file and the images it names.</summary>
    /// <param name="path">The .toml file; image folders in it are relative to the working folder, else to the file's.</param>
    /// <param name="options">What holds where the file says nothing; null for kohya's defaults.</param>
    /// <param name="onImage">Told how many of how many images are checked, from any thread.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="UniVGException">The file is no dataset file, names a folder that is not there, or has keys that nobody knows.</exception>
    public static FineTuningDataset Read(string path, DatasetOptions? options, Action<int, int>? onImage, CancellationToken cancellationToken)
    {
        var toml = TomlFile.Read(path);
        options ??= KohyaDefaults.Dataset;
        if (options.RegularizationFolder is not null)
            throw new UniVGException($"'{path}' says by is_reg which images are for regularisation; leave the regularisation folder out.");
        var general = toml.Section("general");
        if (general is not null) options = Apply(general, options);
        var (parts, subsets) = (new List<DatasetOptions>(), new List<ImageSubset>());
        foreach (var dataset in toml.Sections("datasets"))
        {
            var part = Apply(dataset, options);
            part.Validate();
            foreach (var subset in dataset.Sections("subsets"))
                subsets.Add(Subset(subset, dataset, general, part) with { Part = parts.Count });
            parts.Add(part);
        }

        if (subsets.Count == 0) throw new UniVGException($"'{path}' names no images; add [[datasets]], and below it [[datasets.subsets]] with an image_dir.");
        TomlSection[] sections = [toml, .. general is null ? [] : (TomlSection[])[general], .. toml.Sections("datasets").SelectMany(d => d.Sections("subsets").Prepend(d))];
        RefuseUnknown(sections);
        return new DatasetBuilder(path, parts) { Remarks = [.. Unsupported(sections)] }.Build(subsets, onImage, cancellationToken);
    }

    private static ImageSubset Subset(TomlSection subset, TomlSection dataset, TomlSection? general, DatasetOptions part)
    {
        var options = Apply(subset, part) with
        {
            AlphaMask = subset.Flag("alpha_mask") ?? part.AlphaMask,
            MaskFolder = subset.Text("conditioning_data_dir") is { } masks ? Find(masks, subset, "conditioning_data_dir") : part.MaskFolder,
        };
        options.Validate();
        var folder = subset.Text("image_dir") ?? throw new UniVGException($"'{subset.Source}': {subset.Name} has no image_dir; name the folder of its images.");
        TomlSection[] lookup = [subset, dataset, .. general is null ? [] : (TomlSection[])[general]];
        var repeats = lookup.Select(section => section.WholeNumber("num_repeats", min: 1)).FirstOrDefault(value => value is not null) ?? 1;
        var trigger = lookup.Select(section => section.Text("class_tokens")).FirstOrDefault(value => value is not null) ?? "";
        return new ImageSubset(Find(folder, subset, "image_dir"), repeats, trigger, options) { IsRegularization = subset.Flag("is_reg") ?? false };
    }

    private static DatasetOptions Apply(TomlSection section, DatasetOptions options)
    {
        var nothingElse = new Dictionary<string, TomlSection>();
        var definition = new RunDefinition { Dataset = options };
        foreach (var key in DatasetOptionKeys.Concat(SubsetOptionKeys).Where(section.Has))
            definition = Keys[key].Read(new ConfigValue(section, key, nothingElse), definition);
        return definition.Dataset! with { BatchSize = section.WholeNumber("batch_size", min: 1) ?? options.BatchSize };
    }

    private static string Find(string folder, TomlSection section, string key)
    {
        var beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(section.Source))!, folder);
        return Directory.Exists(folder) ? folder : Directory.Exists(beside) ? beside : throw section.Error(key, $"is \"{folder}\", and there is no such folder");
    }

    // Keys that may stand at a place, whether or not they can be followed there.
    private static IEnumerable<string> Allowed(TomlSection section) =>
        section.Name.Length == 0 ? ["general", "datasets"]
        : [.. SubsetOptionKeys, "num_repeats", "class_tokens", .. UnsupportedKeys,
            .. section.Name.Contains(".subsets", StringComparison.Ordinal) ? ["image_dir", "is_reg", "alpha_mask", "conditioning_data_dir"]
            : section.Name == "general" ? (string[])[.. DatasetOptionKeys, "batch_size"]
            : [.. DatasetOptionKeys, "batch_size", "subsets"]];

    private static void RefuseUnknown(TomlSection[] sections)
    {
        string[] unknown =
        [
            .. from section in sections
            from key in section.Keys.Except(Allowed(section))
            select $"{(section.Name.Length == 0 ? key : $"{section.Name}.{key}")} (line {section.Line(key)}{NearestMatch.Hint(key, Allowed(section))})",
        ];
        if (unknown.Length > 0) throw new UniVGException($"'{sections[0].Source}' has keys that are not known at their place: {string.Join(", ", unknown)}; correct or remove them.");
    }

    private static IEnumerable<string> Unsupported(TomlSection[] sections) =>
        from section in sections
        from key in section.Keys.Intersect(UnsupportedKeys)
        select $"{section.Name}.{key} (line {section.Line(key)} of the dataset file) cannot be followed and is left out.";
}
