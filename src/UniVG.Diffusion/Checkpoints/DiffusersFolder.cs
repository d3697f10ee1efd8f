using System.Text.Json;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Checkpoints;

/// <summary>
/// A model as diffusers keeps it: a folder with <c>model_index.json</c> and one folder for each of unet, vae, text_encoder,
/// tokenizer and scheduler.
/// </summary>
public static class DiffusersFolder
{
    private const string UNetFolder = "unet";
    private const string VaeFolder = "vae";
    private const string TextEncoderFolder = "text_encoder";
    private const string ModelIndex = "model_index.json";
    private const string ConfigName = "config.json";

    // Full precision before half, safetensors before pickles.
    private static readonly string[] ModelFiles =
    [
        "diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.bin",
        "diffusion_pytorch_model.fp16.safetensors", "diffusion_pytorch_model.fp16.bin",
    ];

    private static readonly string[] TextEncoderFiles =
        ["model.safetensors", "pytorch_model.bin", "model.fp16.safetensors", "pytorch_model.fp16.bin"];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Whether <paramref name="path"/> is a folder with a UNet in it.</summary>
    public static bool IsOne(string path) => File.Exists(Path.Combine(path, UNetFolder, ConfigName));

    /// <summary>Opens the folder; its weights are read when they are asked for.</summary>
    /// <exception cref="CheckpointException">A component is missing, damaged, or not of the SD 1.x family.</exception>
    public static Checkpoint Open(string path, CheckpointOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        RefuseOtherPipelines(path);
        var opened = new List<CheckpointPart>();
        try
        {
            opened.Add(OpenUNet(path));
            opened.Add(options?.VaePath is { } vae ? VaeFile.Open(vae, options) : OpenVae(Path.Combine(path, VaeFolder)));
            opened.Add(OpenTextEncoder(path));
            return new Checkpoint(path, CheckpointLayout.DiffusersFolder, opened[0], opened[1], opened[2])
            {
                SchedulerConfigJson = ReadText(path, Path.Combine("scheduler", "scheduler_config.json")),
                TokenizerFolder = File.Exists(Path.Combine(path, "tokenizer", "vocab.json"))
                    ? Path.Combine(path, "tokenizer")
                    : null,
                Ignored = [.. opened.SelectMany(part => part.Ignored)],
            };
        }
        catch
        {
            foreach (var part in opened) part.File.Dispose();
            throw;
        }
    }

    /// <summary>Writes a model as a folder that diffusers and <see cref="Open"/> read.</summary>
    /// <param name="path">The folder; made where it does not exist.</param>
    /// <param name="contents">The model.</param>
    /// <param name="dtype">The type of the weights in the files.</param>
    /// <exception cref="UniVGException">A file cannot be written.</exception>
    public static void Save(string path, ModelContents contents, ScalarType dtype = ScalarType.Float16)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(contents);
        SavePart(path, UNetFolder, ModelFiles[0], contents.UNet, contents.UNetConfigJson, dtype);
        SaveVae(path, contents.Vae, contents.VaeConfigJson, dtype);
        SavePart(path, TextEncoderFolder, TextEncoderFiles[0], contents.TextEncoder, contents.TextEncoderConfigJson, dtype);
        if (contents.SchedulerConfigJson is { } scheduler)
        {
            AtomicFile.WriteText(Path.Combine(path, "scheduler", "scheduler_config.json"), scheduler);
        }

        if (contents.VocabularyJson is { } vocabulary) SaveTokenizer(Path.Combine(path, "tokenizer"), vocabulary, contents.Merges ?? "");

        // Last, because it is what says that the folder is a model.
        AtomicFile.WriteText(Path.Combine(path, ModelIndex), Index(contents));
    }

    /// <summary>Writes the VAE of a model alone, into the place where <see cref="Save"/> puts it.</summary>
    /// <param name="path">The model's folder; made where it does not exist.</param>
    /// <param name="weights">The VAE's weights by diffusers name.</param>
    /// <param name="configJson">Its diffusers <c>config.json</c>.</param>
    /// <param name="dtype">The type of the weights in the file.</param>
    /// <exception cref="UniVGException">A file cannot be written.</exception>
    public static void SaveVae(
        string path, IReadOnlyDictionary<string, Tensor> weights, string configJson, ScalarType dtype = ScalarType.Float16) =>
        SavePart(path, VaeFolder, ModelFiles[0], weights, configJson, dtype);

    /// <summary>The VAE in <paramref name="folder"/>.</summary>
    internal static CheckpointPart OpenVae(string folder)
    {
        var file = OpenWeights(folder, ModelFiles);
        var keys = new ComponentKeys(CheckpointPart.Names.Vae, file);
        foreach (var key in file.Tensors.Keys) keys.Add(key, DiffusersNames.Vae(key));
        return keys.ToPart(ReadConfig(folder));
    }

    private static CheckpointPart OpenUNet(string path)
    {
        var folder = Path.Combine(path, UNetFolder);
        var file = OpenWeights(folder, ModelFiles);
        var keys = new ComponentKeys(CheckpointPart.Names.UNet, file);
        foreach (var key in file.Tensors.Keys) keys.Add(key, key);
        RefuseOtherUNets(path, file.Tensors);
        return keys.ToPart(ReadConfig(folder));
    }

    private static CheckpointPart OpenTextEncoder(string path)
    {
        var folder = Path.Combine(path, TextEncoderFolder);
        var file = OpenWeights(folder, TextEncoderFiles);
        var keys = new ComponentKeys(CheckpointPart.Names.TextEncoder, file);
        foreach (var key in file.Tensors.Keys) keys.Add(key, DiffusersNames.TextEncoder(key));
        return keys.ToPart(ReadConfig(folder));
    }

    private static ITensorFile OpenWeights(string folder, string[] names)
    {
        var found = names.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        return found is null
            ? throw new CheckpointException($"'{folder}' holds no weights; one of {string.Join(", ", names)} should be there.", folder)
            : TensorFile.Open(found);
    }

    private static string ReadConfig(string folder) => ReadText(folder, ConfigName)
        ?? throw new CheckpointException($"'{Path.Combine(folder, ConfigName)}' is missing, so the component's dimensions are unknown.", folder);

    private static string? ReadText(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"'{path}' cannot be read: {e.Message.TrimEnd('.')}.", path, innerException: e);
        }
    }

    private static void RefuseOtherPipelines(string path)
    {
        var index = ReadText(path, ModelIndex);
        if (index is null) return;
        try
        {
            using var json = JsonDocument.Parse(index);
            if (json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("_class_name", out var name)
                && name.ToString() is { } pipeline and not ("StableDiffusionPipeline" or "StableDiffusionImg2ImgPipeline"))
            {
                throw new CheckpointException(
                    $"'{path}' is a {pipeline}; only Stable Diffusion 1.x (StableDiffusionPipeline) can be used.", path);
            }
        }
        catch (JsonException e)
        {
            throw new CheckpointException($"'{Path.Combine(path, ModelIndex)}' is not valid JSON: {e.Message}", path, innerException: e);
        }
    }

    private static void RefuseOtherUNets(string path, IReadOnlyDictionary<string, TensorInfo> weights)
    {
        if (weights.TryGetValue("conv_in.weight", out var conv) && conv.Shape is [_, 8 or 9, ..])
        {
            throw new CheckpointException(
                $"'{path}' is an inpainting or image-editing model, whose UNet takes more channels than it gives; " +
                "choose the plain model it was made from.", path);
        }

        if (weights.Any(w => w.Key.EndsWith(".attentions.0.proj_in.weight", StringComparison.Ordinal) && w.Value.Shape.Count == 2))
        {
            throw new CheckpointException($"'{path}' is a Stable Diffusion 2.x or XL model; only 1.x models can be used.", path);
        }
    }

    private static void SavePart(
        string path, string part, string fileName, IReadOnlyDictionary<string, Tensor> weights, string configJson, ScalarType dtype)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var folder = Path.Combine(path, part);
        AtomicFile.WriteText(Path.Combine(folder, ConfigName), configJson);
        SafetensorsWriter.Write(
            Path.Combine(folder, fileName),
            weights.ToDictionary(w => w.Key, w => w.Value.detach().to(dtype)),
            new Dictionary<string, string> { ["format"] = "pt" });
    }

    private static void SaveTokenizer(string folder, string vocabularyJson, string merges)
    {
        AtomicFile.WriteText(Path.Combine(folder, "vocab.json"), vocabularyJson);
        AtomicFile.WriteText(Path.Combine(folder, "merges.txt"), merges);
        var special = new Dictionary<string, string>
        {
            ["bos_token"] = "<|startoftext|>",
            ["eos_token"] = "<|endoftext|>",
            ["pad_token"] = "<|endoftext|>",
            ["unk_token"] = "<|endoftext|>",
        };
        AtomicFile.WriteText(Path.Combine(folder, "special_tokens_map.json"), JsonSerializer.Serialize(special, Indented));
        var config = special.ToDictionary(s => s.Key, s => (object)s.Value);
        config["do_lower_case"] = true;
        config["model_max_length"] = 77;
        config["tokenizer_class"] = "CLIPTokenizer";
        AtomicFile.WriteText(Path.Combine(folder, "tokenizer_config.json"), JsonSerializer.Serialize(config, Indented));
    }

    private static string Index(ModelContents contents)
    {
        var index = new Dictionary<string, object>
        {
            ["_class_name"] = "StableDiffusionPipeline",
            ["feature_extractor"] = new string?[] { null, null },
            ["requires_safety_checker"] = false,
            ["safety_checker"] = new string?[] { null, null },
            [UNetFolder] = new[] { "diffusers", "UNet2DConditionModel" },
            [VaeFolder] = new[] { "diffusers", "AutoencoderKL" },
            [TextEncoderFolder] = new[] { "transformers", "CLIPTextModel" },
        };
        if (contents.VocabularyJson is not null) index["tokenizer"] = new[] { "transformers", "CLIPTokenizer" };
        if (contents.SchedulerConfigJson is not null) index["scheduler"] = new[] { "diffusers", SchedulerClass(contents.SchedulerConfigJson) };
        return JsonSerializer.Serialize(index, Indented);
    }

    private static string SchedulerClass(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.TryGetProperty("_class_name", out var name) ? name.ToString() : "PNDMScheduler";
    }
}
