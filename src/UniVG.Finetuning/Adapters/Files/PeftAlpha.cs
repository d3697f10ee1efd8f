using System.Text.Json;
using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using UniVG.Finetuning.Adapters.Targets;

namespace UniVG.Finetuning.Adapters.Files;

/// <summary>
/// The alphas of peft, which are not among the tensors: in <c>adapter_config.json</c> beside the file, or, as diffusers saves them,
/// in the file's metadata.
/// </summary>
internal sealed class PeftAlpha
{
    /// <summary>The entry of the metadata in which diffusers keeps peft's configurations.</summary>
    public const string MetadataKey = "lora_adapter_metadata";

    private readonly JsonElement _config;
    private readonly bool _isPrefixed; // diffusers puts the component before each key

    private PeftAlpha(string json, bool isPrefixed)
    {
        using var document = JsonDocument.Parse(json);
        (_config, _isPrefixed) = (document.RootElement.Clone(), isPrefixed);
    }

    /// <summary>Finds the configuration; null where there is none.</summary>
    /// <exception cref="UniVGException">It cannot be read.</exception>
    public static PeftAlpha? Read(ITensorFile file)
    {
        var path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file.Path))!, PeftFolder.ConfigName);
        try
        {
            if (file.Metadata.TryGetValue(MetadataKey, out var json)) return new PeftAlpha(json, isPrefixed: true);
            return File.Exists(path) ? new PeftAlpha(File.ReadAllText(path), isPrefixed: false) : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new UniVGException($"The peft configuration of '{file.Path}' cannot be read ({e.Message.TrimEnd('.')}), so its strength is unknown; mend or remove it.", e);
        }
    }

    /// <summary>The alpha of a layer, such that alpha / rank is its scale; null where the configuration does not tell.</summary>
    /// <param name="name">The adapter's name as kohya writes it.</param>
    /// <param name="layerPath">The layer's diffusers path.</param>
    /// <param name="rank">The rank.</param>
    public double? Of(string name, string layerPath, int rank)
    {
        if (_config.ValueKind != JsonValueKind.Object) return null;
        var component = name.StartsWith(TargetModules.TextEncoderPrefix, StringComparison.Ordinal) ? "text_encoder." : "unet.";
        var prefix = _isPrefixed ? component : "";
        var alpha = OfPattern(prefix, layerPath) ?? Number(prefix + "lora_alpha") ?? Number(prefix + "alpha");
        var isStabilized = _config.TryGetProperty(prefix + "use_rslora", out var flag) && flag.ValueKind == JsonValueKind.True;
        return isStabilized ? alpha * Math.Sqrt(rank) : alpha;
    }

    // Keys are ends of paths.
    private double? OfPattern(string prefix, string layerPath)
    {
        if (!_config.TryGetProperty(prefix + "alpha_pattern", out var pattern) || pattern.ValueKind != JsonValueKind.Object) return null;
        foreach (var entry in pattern.EnumerateObject())
            if (layerPath == entry.Name || layerPath.EndsWith("." + entry.Name, StringComparison.Ordinal)) return Number(entry.Value);
        return null;
    }

    private double? Number(string key) => _config.TryGetProperty(key, out var value) ? Number(value) : null;

    private static double? Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
