using System.Security.Cryptography;
using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Runtime;
using UniVG.Finetuning.Adapters.Dora;
using UniVG.Finetuning.Adapters.Targets;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters.Files;

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
        RequireWritableFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Finds out whether a folder of peft can be written.</summary>
    /// <exception cref="UniVGException">It cannot be written to, or holds adapters that may not be replaced.</exception>
    public static void EnsureFolderWritable(string path, bool overwrite)
    {
        if (string.IsNullOrWhiteSpace(path)) throw new UniVGException("The path is empty; name a folder.");
        if (File.Exists(path)) throw new UniVGException($"'{path}' is a file; name a folder, in which peft's files are written.");
        if (PeftFolder.Recognises(path) && !overwrite) throw new UniVGException($"'{path}' holds adapters already; add --overwrite to replace them, or choose another name.");
        RequireWritableFolder(Path.GetFullPath(path));
    }

    private static void RequireWritableFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            using var probe = new FileStream(
                Path.Combine(folder, $".univg-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new UniVGException($"'{folder}' cannot be written to ({FileFault.Of(e)}); choose another folder.", e);
        }
    }

    /// <summary>Whether the file holds adapters of a method that is known here.</summary>
    public static bool IsKnown(ITensorFile file) => file.Tensors.Keys.Select(AdapterKey.Parse)
        .Any(key => key is not null && KnownAdapters.Methods.Any(method => method.Suffixes.Contains(key.Suffix)));

    /// <summary>Whether a folder holds adapters as peft keeps them.</summary>
    public static bool IsPeftFolder(string path) => PeftFolder.Recognises(path);

    /// <summary>Writes the adapters; the file appears only when it is complete.</summary>
    /// <param name="network">What was trained.</param>
    /// <param name="path">The file to write; of peft's naming, the folder.</param>
    /// <param name="precision">The type of all tensors in the file, alpha included.</param>
    /// <param name="metadata">kohya's <c>ss_*</c> entries; the hashes over the tensors are added here. peft keeps none.</param>
    /// <param name="naming">In whose notation; diffusers' has plain LoRA only, peft's LoRA and LoHA.</param>
    /// <exception cref="UniVGException">A tensor is not finite, the naming has no such adapters, or the file cannot be written.</exception>
    public static void Save(
        AdapterNetwork network,
        string path,
        ScalarType precision,
        IReadOnlyDictionary<string, string> metadata,
        AdapterNaming naming = AdapterNaming.Kohya)
    {
        if (naming == AdapterNaming.Peft)
        {
            PeftFolder.Save(network, path, precision);
            return;
        }

        using var scope = NewDisposeScope();
        var tensors = Rounded(AdapterExport.Tensors(network, naming), precision);
        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string>(metadata.Concat(Hashes(network, tensors, metadata, naming))));
    }

    /// <summary>The tensors as a file has them: on the CPU, in its type.</summary>
    /// <exception cref="UniVGException">One is not finite in that type.</exception>
    internal static Dictionary<string, Tensor> Rounded(IEnumerable<(string Name, Tensor Tensor)> tensors, ScalarType precision)
    {
        using var noGrad = no_grad();
        var rounded = tensors.ToDictionary(t => t.Name, t => t.Tensor.detach().to(precision, CPU).contiguous());
        return rounded.FirstOrDefault(t => !FiniteNumbers.Only(t.Value)).Key is not { } broken ? rounded : throw new UniVGException(
            $"'{broken}' holds values that are not finite in {precision}, so nothing was written; train with a lower --lr, or save with --precision fp32.");
    }

    /// <summary>Reads a file and attaches what is in it. Rank and scale come from the tensors, never from the metadata.</summary>
    /// <param name="path">
    /// A LoRA, LoHA or LoKr, also as DoRA, in the naming of kohya, LyCORIS, diffusers or peft: a safetensors file, a PyTorch pickle, or peft's folder.
    /// </param>
    /// <param name="unet">The UNet's layers.</param>
    /// <param name="textEncoder">The text encoder's layers.</param>
    /// <param name="options">Whether to accept a partial match, and how strong; null for the defaults.</param>
    /// <returns>The attached adapters; their <see cref="AdapterNetwork.LoadReport"/> says what was found.</returns>
    /// <exception cref="UniVGException">The file does not fit the model, or is damaged; then nothing is attached.</exception>
    public static AdapterNetwork Load(
        string path, IReadOnlyList<AdaptableLayer> unet, IReadOnlyList<AdaptableLayer> textEncoder, AdapterLoadOptions? options = null)
    {
        if (options is not { KeepOthers: true }) AdapterNetwork.RequireFree(unet, textEncoder);
        var network = Read(path, unet, textEncoder, options);
        network.Attach();
        return network;
    }

    /// <summary>Reads a file's adapters of a model and leaves the layers alone until <see cref="AdapterNetwork.Attach(bool)"/>.</summary>
    /// <param name="path">As for <see cref="Load"/>.</param>
    /// <param name="unet">The UNet's layers.</param>
    /// <param name="textEncoder">The text encoder's layers.</param>
    /// <param name="options">Whether to accept a partial match, and how strong; null for the defaults.</param>
    /// <exception cref="UniVGException">The file does not fit the model, or is damaged.</exception>
    public static AdapterNetwork Read(
        string path, IReadOnlyList<AdaptableLayer> unet, IReadOnlyList<AdaptableLayer> textEncoder, AdapterLoadOptions? options = null)
    {
        options ??= new AdapterLoadOptions();
        using var scope = NewDisposeScope();
        using ITensorFile file = Directory.Exists(path) ? PeftFolder.Open(path) : TensorFile.Open(path);
        var reader = new AdapterReader(new AdapterModules(file), TargetModules.ByName(unet, textEncoder));
        var adapters = reader.Read(options.AllowPartial);
        return new AdapterNetwork(Describe(adapters), adapters) { LoadReport = reader.Report, Multiplier = options.Multiplier };
    }

    /// <summary>
    /// Reads a file without a model, to look at it or to rewrite it: its layers have shapes only, and cannot be attached to. What a
    /// DoRA adds up to depends on the model and cannot be told.
    /// </summary>
    /// <param name="path">As for <see cref="Load"/>.</param>
    /// <exception cref="UniVGException">The file holds no adapter, or is damaged.</exception>
    public static AdapterNetwork ReadAlone(string path)
    {
        TorchRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        using ITensorFile file = Directory.Exists(path) ? PeftFolder.Open(path) : TensorFile.Open(path);
        var modules = new AdapterModules(file);
        var layers = new FileLayers(modules);
        try
        {
            var reader = new AdapterReader(modules, layers.ByName);
            var adapters = reader.ReadAll();
            var report = reader.Report with { Foreign = AdapterOrigin.Foreign(modules) };
            return new AdapterNetwork(Describe(adapters), adapters) { LoadReport = report, Owned = layers };
        }
        catch
        {
            layers.Dispose();
            throw;
        }
    }

    // The sizes that most adapters have; alphas and dims of each adapter are kept as they are.
    private static AdapterConfig Describe(List<Adapter> adapters)
    {
        var method = KnownAdapters.Methods
            .MaxBy(method => adapters.Count(a => a.LowRank.Parameters.All(p => method.Suffixes.Contains(p.Suffix))))!;
        var convolutions = adapters.Where(a => TargetModules.HasLargeKernel(a.Layer)).ToList();
        var (dim, alpha) = MostFrequentSize([.. adapters.Except(convolutions)]) ?? (convolutions[0].Dim, convolutions[0].Alpha);
        var (convDim, convAlpha) = MostFrequentSize(convolutions) ?? (0, 0);
        var described = method.Defaults() with
        {
            Dim = dim,
            Alpha = alpha,
            ConvDim = convDim,
            ConvAlpha = convAlpha,
            Targets = adapters.Any(a => a.Layer.Path is "conv_in" or "conv_out") ? AdapterTargets.Lycoris : AdapterTargets.Kohya,
            TextEncoder = adapters.Any(a => a.Name.StartsWith(TargetModules.TextEncoderPrefix, StringComparison.Ordinal)),
            Tucker = adapters.Any(a => a.LowRank.Parameters.Any(p => p.Suffix == method.TuckerSuffix)),
            WeightDecompose = adapters.Any(a => a is DoraAdapter),
        };
        return method.Describe?.Invoke(described, adapters) ?? described;
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
