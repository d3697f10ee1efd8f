using TorchSharp;
using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters;

/// <summary>Adapter files: safetensors with kohya's and LyCORIS' names, which A1111, ComfyUI, kohya and diffusers read.</summary>
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
    /// <exception cref="UniVGException">A tensor is not finite, or the file cannot be written.</exception>
    public static void Save(AdapterNetwork network, string path, ScalarType precision, IReadOnlyDictionary<string, string> metadata)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var tensors = network.NamedTensors().ToDictionary(t => t.Name, t => t.Tensor.detach().to(precision, CPU).contiguous());
        if (tensors.FirstOrDefault(t => !t.Value.isfinite().all().ToBoolean()).Key is { } broken)
            throw new UniVGException($"'{broken}' holds values that are not finite in {precision}, so nothing was written; train with a lower --lr, or save with --precision fp32.");

        var hash = SafetensorsHash.Compute(tensors, metadata);
        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string>(metadata)
        {
            ["sshs_model_hash"] = hash.ModelHash,
            ["sshs_legacy_hash"] = hash.LegacyHash,
        });
    }
}
