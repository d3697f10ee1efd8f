using UniVG.Diffusion;
using UniVG.Finetuning.Adapters.Operations;
using UniVG.Finetuning.Training;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters.Files;

/// <summary>Makes adapter files of adapter files, without the model they were made for.</summary>
public static class AdapterConversion
{
    private const string Comment = "ss_training_comment";

    /// <summary>Writes a file in another notation. Tensors stay as they are, but diffusers has no alpha: there the scale goes into up.</summary>
    /// <param name="path">The file, or a folder of peft.</param>
    /// <param name="output">The file to write; for peft, the folder.</param>
    /// <param name="naming">The notation to write; diffusers has plain LoRA only, peft LoRA and LoHA.</param>
    /// <param name="precision">The type of the tensors; null keeps the file's.</param>
    /// <returns>What was found in the file.</returns>
    /// <exception cref="UniVGException">The file is damaged, the notation has no such adapters, or the output cannot be written.</exception>
    public static AdapterLoadReport Convert(string path, string output, AdapterNaming naming, ScalarType? precision = null)
    {
        using var network = Read(path);
        var report = network.LoadReport!;
        var metadata = Kept(report.Metadata);
        if (naming == AdapterNaming.Kohya) metadata.TryAdd("ss_network_module", NetworkArguments.ModuleOf(network.Config));
        AdapterFile.Save(network, output, precision ?? report.Precision, metadata, naming);
        return report;
    }

    /// <summary>Writes a LoRA of other ranks that approximates a file's adapters: a LoRA made smaller (kohya's resize), or a LoHA or LoKr as LoRA.</summary>
    /// <param name="path">The file, or a folder of peft.</param>
    /// <param name="output">The file to write.</param>
    /// <param name="options">The ranks.</param>
    /// <param name="precision">The type of the tensors; null keeps the file's.</param>
    /// <param name="onLayer">Told how many of how many layers are done.</param>
    /// <param name="cancellationToken">Looked at before each layer.</param>
    /// <exception cref="UniVGException">The file is damaged or a DoRA, the options are impossible, or the output cannot be written.</exception>
    public static ExtractionReport Resize(
        string path, string output, LoraExtractOptions options, ScalarType? precision = null,
        Action<int, int>? onLayer = null, CancellationToken cancellationToken = default)
    {
        using var network = Read(path);
        using var extraction = AdapterExtract.ToLora(network, options, onLayer, cancellationToken);
        var report = network.LoadReport!;
        AdapterFile.Save(extraction.Network, output, precision ?? report.Precision, MetadataOf(extraction, options, report.Metadata));
        return extraction.Report;
    }

    /// <summary>The metadata of an extracted LoRA: the source's, with the new sizes and a word on how it was made.</summary>
    /// <param name="extraction">The LoRA.</param>
    /// <param name="options">How it was made.</param>
    /// <param name="source">The metadata of what it was made of.</param>
    public static IReadOnlyDictionary<string, string> MetadataOf(
        LoraExtraction extraction, LoraExtractOptions options, IReadOnlyDictionary<string, string> source)
    {
        var entries = Kept(source);
        entries.TryAdd("ss_v2", "False");
        entries.TryAdd("ss_base_model_version", "sd_v1");
        NetworkMetadata.Set(entries, extraction.Network.Config);
        if (options.Rule != RankRule.Fixed) (entries["ss_network_dim"], entries["ss_network_alpha"]) = ("Dynamic", "Dynamic"); // as kohya
        var rule = options.Rule == RankRule.Fixed ? "" : FormattableString.Invariant($", {options.Rule} {options.RuleValue}");
        var made = FormattableString.Invariant($"approximated by SVD: dim {options.Dim}, conv dim {options.ConvDim}{rule}");
        entries[Comment] = entries.GetValueOrDefault(Comment) is { Length: > 0 } earlier and not "None" ? $"{earlier}; {made}" : made;
        return entries;
    }

    // The names of other architectures would come out as those of no model at all.
    private static AdapterNetwork Read(string path)
    {
        var network = AdapterFile.ReadAlone(path);
        if (network.LoadReport!.Foreign is not { } origin) return network;
        network.Dispose();
        throw new UniVGException($"'{path}' is an adapter of {origin}; only those of the Stable Diffusion 1.x family are rewritten here.");
    }

    // Hashes are of the tensors, and peft's alphas have become the file's own.
    private static Dictionary<string, string> Kept(IReadOnlyDictionary<string, string> metadata) => metadata
        .Where(entry => !entry.Key.StartsWith("sshs_", StringComparison.Ordinal) && entry.Key != PeftAlpha.MetadataKey)
        .ToDictionary();
}
