using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters;

/// <summary>
/// Bakes adapters into the weights of the model they are made for: W + ratio · ΔW, added in float32 with the scale applied once
/// (LyCORIS' own in-process merge applies it twice) and rounded once, when the file is written.
/// </summary>
public static class AdapterMerge
{
    private const string FileEnding = ".safetensors";

    /// <summary>Writes the merged model.</summary>
    /// <param name="path">A <c>.safetensors</c> file in the LDM layout, or else a folder in the layout of diffusers.</param>
    /// <param name="contents">The model, with the weights by diffusers name.</param>
    /// <param name="network">The adapters.</param>
    /// <param name="ratio">Their strength; 0 writes the model as it is.</param>
    /// <param name="dtype">The type of the weights in the file.</param>
    /// <param name="extraTensors">Tensors that a file gets under their own names, such as <c>betas</c>.</param>
    /// <param name="metadata">Text for a file's header.</param>
    /// <exception cref="UniVGException">The adapters are of another model, a merged weight is not finite, or the file cannot be written.</exception>
    public static void Save(
        string path,
        ModelContents contents,
        AdapterNetwork network,
        double ratio = 1,
        ScalarType dtype = ScalarType.Float16,
        IReadOnlyDictionary<string, Tensor>? extraTensors = null,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var scope = NewDisposeScope();
        var merged = Merge(contents, network, ratio, dtype);
        if (path.EndsWith(FileEnding, StringComparison.OrdinalIgnoreCase)) LdmCheckpointWriter.Write(path, merged, dtype, extraTensors, metadata);
        else DiffusersFolder.Save(path, merged, dtype);
    }

    /// <summary>The model with merged weights; those are new tensors of the present dispose scope, all others are the model's own.</summary>
    /// <param name="contents">The model.</param>
    /// <param name="network">The adapters.</param>
    /// <param name="ratio">Their strength.</param>
    /// <param name="dtype">The type of the merged weights.</param>
    /// <exception cref="UniVGException">The adapters are of another model, or a merged weight is not finite.</exception>
    public static ModelContents Merge(ModelContents contents, AdapterNetwork network, double ratio, ScalarType dtype)
    {
        if (!double.IsFinite(ratio)) throw new UniVGException($"The merge ratio is {ratio}; it must be a number (1 is the adapter as trained).");
        return contents with
        {
            UNet = Merge(contents.UNet, network.UNet, ratio, dtype),
            TextEncoder = Merge(contents.TextEncoder, network.TextEncoder, ratio, dtype),
        };
    }

    private static Dictionary<string, Tensor> Merge(
        IReadOnlyDictionary<string, Tensor> weights, IEnumerable<Adapter> adapters, double ratio, ScalarType dtype)
    {
        using var noGrad = no_grad();
        var merged = new Dictionary<string, Tensor>(weights);
        if (ratio == 0) return merged;
        foreach (var adapter in adapters)
        {
            using var scope = NewDisposeScope();
            var name = adapter.Layer.Path + ".weight";
            var delta = adapter.DeltaWeight();
            if (!merged.TryGetValue(name, out var weight) || !weight.shape.SequenceEqual(delta.shape))
                throw new UniVGException($"The model has no weight '{name}' of the adapter's size; merge into the model that the adapter was loaded for.");
            var sum = weight.to(ScalarType.Float32).add(delta.to(weight.device), alpha: ratio).to(dtype);
            if (!sum.isfinite().all().item<bool>())
                throw new UniVGException($"'{name}' would not be finite in {dtype} after the merge, so nothing was written; use a smaller ratio or fp32.");
            merged[name] = sum.MoveToOuterDisposeScope();
        }

        return merged;
    }
}
