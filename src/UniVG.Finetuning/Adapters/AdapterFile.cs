using System.Security.Cryptography;
using TorchSharp;
using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Layers;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters;

/// <summary>
/// Adapter files: written as safetensors with kohya's and LyCORIS' names, which A1111, ComfyUI, kohya and diffusers read; read in the
/// namings of diffusers and peft too.
/// </summary>
public static class AdapterFile
{
    /// <summary>Finds out before a long training whether the file can be written after it.</summary>
    /// <exception cref="UniVGException">The folder cannot be written to, or the file exists and may not be replaced.</exception>
    public static void EnsureWritable(string path, bool overwrite)
    {
        if (string.IsNullOrWhiteSpace(Path.GetFileNameWithoutExtension(path)))
            throw new UniVGException($"'{path}' names no file; give one such as output/model_lora.safetensors.");
        if (Directory.Exists(path)) throw new UniVGException($"'{path}' is a folder; name a file such as '{Path.Combine(path, "model_lora.safetensors")}'.");
        if (File.Exists(path) && !overwrite) throw new UniVGException($"'{path}' exists already; add --overwrite to replace it, or choose another name.");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        try
        {
            Directory.CreateDirectory(folder);
            using var probe = new FileStream(
                Path.Combine(folder, $".univg-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new UniVGException($"'{folder}' cannot be written to ({e.GetType().Name}); choose another folder.", e);
        }
    }

    /// <summary>Writes the adapters; the file appears only when it is complete.</summary>
    /// <param name="network">What was trained.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="precision">The type of all tensors in the file, alpha included.</param>
    /// <param name="metadata">kohya's <c>ss_*</c> entries; the hashes over the tensors are added here.</param>
    /// <param name="naming">In whose notation; diffusers' and peft's have plain LoRA only.</param>
    /// <exception cref="UniVGException">A tensor is not finite, the naming has no such adapters, or the file cannot be written.</exception>
    public static void Save(
        AdapterNetwork network,
        string path,
        ScalarType precision,
        IReadOnlyDictionary<string, string> metadata,
        AdapterNaming naming = AdapterNaming.Kohya)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var tensors = AdapterExport.Tensors(network, naming).ToDictionary(t => t.Name, t => t.Tensor.detach().to(precision, CPU).contiguous());
        if (tensors.FirstOrDefault(t => !t.Value.isfinite().all().ToBoolean()).Key is { } broken)
            throw new UniVGException($"'{broken}' holds values that are not finite in {precision}, so nothing was written; train with a lower --lr, or save with --precision fp32.");

        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string>(metadata.Concat(Hashes(network, tensors, metadata, naming))));
    }

    /// <summary>Reads a file and attaches what is in it. Rank and scale come from the tensors, never from the metadata.</summary>
    /// <param name="path">A LoRA, LoHA or LoKr in the naming of kohya, LyCORIS, diffusers or peft; safetensors or a PyTorch pickle.</param>
    /// <param name="unet">The UNet's layers.</param>
    /// <param name="textEncoder">The text encoder's layers.</param>
    /// <param name="options">Whether to accept a partial match, and how strong; null for the defaults.</param>
    /// <returns>The attached adapters; their <see cref="AdapterNetwork.LoadReport"/> says what was found.</returns>
    /// <exception cref="UniVGException">The file does not fit the model, or is damaged; then nothing is attached.</exception>
    public static AdapterNetwork Load(
        string path, IReadOnlyList<AdaptableLayer> unet, IReadOnlyList<AdaptableLayer> textEncoder, AdapterLoadOptions? options = null)
    {
        options ??= new AdapterLoadOptions();
        if (!options.KeepOthers) AdapterNetwork.RequireFree(unet, textEncoder);
        using var scope = NewDisposeScope();
        using var file = TensorFile.Open(path);
        var reader = new AdapterReader(file, unet, textEncoder);
        var adapters = reader.Read(options.AllowPartial);
        var network = new AdapterNetwork(Describe(adapters), adapters) { LoadReport = reader.Report, Multiplier = options.Multiplier };
        network.Attach();
        return network;
    }

    // The sizes that most adapters have; alphas and dims of each adapter are kept as they are.
    private static AdapterConfig Describe(List<Adapter> adapters)
    {
        var defaults = KnownAdapters.Methods
            .MaxBy(method => adapters.Count(a => a.Parameters.All(p => method.Suffixes.Contains(p.Suffix))))!.Defaults();
        var convolutions = adapters.Where(a => TargetModules.HasLargeKernel(a.Layer)).ToList();
        var (dim, alpha) = MostFrequentSize([.. adapters.Except(convolutions)]) ?? (convolutions[0].Dim, convolutions[0].Alpha);
        var (convDim, convAlpha) = MostFrequentSize(convolutions) ?? (0, 0);
        return defaults with
        {
            Dim = dim,
            Alpha = alpha,
            ConvDim = convDim,
            ConvAlpha = convAlpha,
            Targets = adapters.Any(a => a.Layer.Path is "conv_in" or "conv_out") ? AdapterTargets.Lycoris : AdapterTargets.Kohya,
            TextEncoder = adapters.Any(a => a.Name.StartsWith(TargetModules.TextEncoderPrefix, StringComparison.Ordinal)),
            Tucker = adapters.Any(a => a.Parameters.Any(p => p.Suffix is "lora_mid.weight" or "hada_t1" or "lokr_t2")),
        };
    }

    private static (int Dim, double Alpha)? MostFrequentSize(List<Adapter> adapters) =>
        adapters.Count == 0 ? null : adapters.GroupBy(a => (a.Dim, a.Alpha)).MaxBy(group => group.Count())!.Key;

    private static Dictionary<string, string> Hashes(
        AdapterNetwork network, Dictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> metadata, AdapterNaming naming)
    {
        if (naming == AdapterNaming.Kohya && !network.Config.IsKohya) return new() { ["sshs_model_hash"] = LycorisHash(network, tensors) };
        var hash = SafetensorsHash.Compute(tensors, metadata);
        return new() { ["sshs_model_hash"] = hash.ModelHash, ["sshs_legacy_hash"] = hash.LegacyHash };
    }

    // LyCORIS hashes the tensors in the order of its modules: text encoder first, of each adapter alpha first.
    private static string LycorisHash(AdapterNetwork network, Dictionary<string, Tensor> tensors)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var adapter in network.TextEncoder.Concat(network.UNet))
            foreach (var suffix in adapter.Parameters.Select(p => p.Suffix).Prepend(AdapterKey.Alpha))
                sha.AppendData(tensors[$"{adapter.Name}.{suffix}"].bytes);
        return "0x" + Convert.ToHexStringLower(sha.GetHashAndReset());
    }
}
