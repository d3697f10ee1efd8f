using System.Text.Json;
using System.Text.Json.Nodes;
using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters.Files;

/// <summary>
/// Adapters as peft keeps them: a folder for each model, <c>unet</c> and <c>text_encoder</c>, with <c>adapter_model.safetensors</c>
/// and <c>adapter_config.json</c>. The alphas are in the configuration, so that the tensors stay as they are.
/// </summary>
internal sealed class PeftFolder : ITensorFile
{
    /// <summary>The name of the configuration.</summary>
    public const string ConfigName = "adapter_config.json";

    private const string ModelName = "adapter_model.safetensors";
    private static readonly string[] Components = ["unet", "text_encoder"];
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly Dictionary<string, (SafetensorsFile File, string Key)> _places = [];
    private readonly List<SafetensorsFile> _files = [];

    private PeftFolder(string path, IEnumerable<string> components)
    {
        Path = path;
        var tensors = new OrderedDictionary<string, TensorInfo>();
        var settings = new JsonObject();
        foreach (var component in components)
        {
            var file = SafetensorsFile.Open(System.IO.Path.Combine(path, component, ModelName));
            _files.Add(file);
            foreach (var (key, info) in file.Tensors)
            {
                tensors[$"{component}.{key}"] = info;
                _places[$"{component}.{key}"] = (file, key);
            }

            foreach (var (key, value) in ReadConfig(System.IO.Path.Combine(path, component, ConfigName))) settings[$"{component}.{key}"] = value?.DeepClone();
        }

        Tensors = tensors;
        Metadata = new Dictionary<string, string> { [PeftAlpha.MetadataKey] = settings.ToJsonString() };
    }

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>The configurations, as diffusers writes them into the metadata of its files.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Whether a folder holds adapters.</summary>
    public static bool Recognises(string path) => Present(path).Any();

    /// <summary>Opens the adapters of a folder.</summary>
    /// <exception cref="UniVGException">The folder holds none, or a file cannot be read.</exception>
    public static PeftFolder Open(string path)
    {
        var present = Present(path).ToList();
        return present.Count > 0 ? new PeftFolder(path, present) : throw new UniVGException(
            $"The folder '{path}' holds no adapter of peft ('{Components[0]}/{ModelName}'); name an adapter file, or such a folder.");
    }

    /// <summary>Writes the adapters.</summary>
    /// <param name="network">LoRA or LoHA.</param>
    /// <param name="path">The folder.</param>
    /// <param name="precision">The type of the tensors.</param>
    /// <exception cref="UniVGException">peft has no such adapters, a tensor is not finite, or the folder cannot be written.</exception>
    public static void Save(AdapterNetwork network, string path, ScalarType precision)
    {
        if (network.Config is { Kind: not ("lora" or "loha") } or { Kind: "lora", Tucker: true } or { WeightDecompose: true })
            throw new UniVGException("Only a plain LoRA and a LoHA are written in peft's notation; extract a LoRA first.");
        using var scope = NewDisposeScope();
        var parts = Components.Zip<string, List<Adapter>>([[.. network.UNet], [.. network.TextEncoder]]).Where(part => part.Second.Count > 0)
            .Select(part => (Folder: System.IO.Path.Combine(path, part.First), Adapters: part.Second, Tensors: Named(part.Second, precision))).ToList();
        foreach (var part in parts)
        {
            SafetensorsWriter.Write(System.IO.Path.Combine(part.Folder, ModelName), part.Tensors, new Dictionary<string, string> { ["format"] = "pt" });
            AtomicFile.WriteText(System.IO.Path.Combine(part.Folder, ConfigName), Config(network.Config, part.Adapters).ToJsonString(Indented));
        }

        // What an earlier adapter left there would be read as a part of this one.
        foreach (var stale in Present(path).Except(parts.Select(part => System.IO.Path.GetFileName(part.Folder))))
            File.Delete(System.IO.Path.Combine(path, stale, ModelName));
    }

    /// <inheritdoc/>
    public Tensor Read(string name) => _places[name].File.Read(_places[name].Key);

    /// <inheritdoc/>
    public void Dispose() => _files.ForEach(file => file.Dispose());

    private static IEnumerable<string> Present(string path) =>
        Components.Where(component => File.Exists(System.IO.Path.Combine(path, component, ModelName)));

    private static Dictionary<string, Tensor> Named(IEnumerable<Adapter> adapters, ScalarType precision) => AdapterFile.Rounded(
        adapters.SelectMany(a => a.Parameters.Select(p => (a.Layer.Path, p))).Select(t => ($"base_model.model.{t.Path}.{SuffixOf(t.p.Suffix)}", t.p.Tensor)), precision);

    private static string SuffixOf(string suffix) => suffix switch
    {
        "lora_down.weight" => "lora_A.weight",
        "lora_up.weight" => "lora_B.weight",
        _ => suffix,
    };

    private static JsonObject Config(AdapterConfig config, List<Adapter> adapters)
    {
        var isLora = config.Kind == "lora";
        var (dim, alpha) = adapters.CountBy(a => (a.Dim, a.Alpha)).MaxBy(size => size.Value).Key;
        var json = new JsonObject
        {
            ["peft_type"] = isLora ? "LORA" : "LOHA",
            ["r"] = dim,
            [isLora ? "lora_alpha" : "alpha"] = alpha,
            ["target_modules"] = new JsonArray([.. adapters.Select(a => (JsonNode)a.Layer.Path)]),
            ["rank_pattern"] = Pattern(adapters.Where(a => a.Dim != dim), a => a.Dim),
            ["alpha_pattern"] = Pattern(adapters.Where(a => a.Alpha != alpha), a => a.Alpha),
            ["inference_mode"] = true,
        };
        if (isLora) (json["bias"], json["use_rslora"]) = ("none", false);
        else json["use_effective_conv2d"] = config.Tucker;
        return json;
    }

    private static JsonObject Pattern(IEnumerable<Adapter> adapters, Func<Adapter, JsonNode> value) =>
        [.. adapters.Select(a => KeyValuePair.Create<string, JsonNode?>(a.Layer.Path, value(a)))];

    private static JsonObject ReadConfig(string path)
    {
        try
        {
            return File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? [] : [];
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new UniVGException($"'{path}' cannot be read ({e.Message.TrimEnd('.')}), so the adapter's strength is unknown; mend or remove it.", e);
        }
    }
}
