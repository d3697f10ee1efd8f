using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Runtime;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters.Operations;

/// <summary>
/// Bakes adapters into the weights of the model they are made for: W + Σ ratio · ΔW, added in float32 with each scale applied once
/// (LyCORIS' own in-process merge applies it twice) and rounded once, when the file is written.
/// </summary>
public static class AdapterMerge
{
    private const string FileEnding = ".safetensors";

    /// <summary>Writes the merged model.</summary>
    /// <param name="path">A <c>.safetensors</c> file in the LDM layout, or else a folder in the layout of diffusers.</param>
    /// <param name="contents">The model, with the weights by diffusers name.</param>
    /// <param name="adapters">The adapters, each with its strength; strength 0 writes the model as it is.</param>
    /// <param name="dtype">The type of the weights in the file.</param>
    /// <param name="extraTensors">Tensors that a file gets under their own names, such as <c>betas</c>.</param>
    /// <param name="metadata">Text for a file's header.</param>
    /// <exception cref="UniVGException">The adapters are of another model, a merged weight is not finite, or the file cannot be written.</exception>
    public static void Save(
        string path,
        ModelContents contents,
        IReadOnlyList<(AdapterNetwork Network, double Ratio)> adapters,
        ScalarType dtype = ScalarType.Float16,
        IReadOnlyDictionary<string, Tensor>? extraTensors = null,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var scope = NewDisposeScope();
        var merged = Merge(contents, adapters, dtype);
        if (path.EndsWith(FileEnding, StringComparison.OrdinalIgnoreCase)) LdmCheckpointWriter.Write(path, merged, dtype, extraTensors, metadata);
        else DiffusersFolder.Save(path, merged, dtype);
    }

    /// <summary>The model with merged weights; those are new tensors of the present dispose scope, all others are the model's own.</summary>
    /// <param name="contents">The model.</param>
    /// <param name="adapters">The adapters, each with its strength.</param>
    /// <param name="dtype">The type of the merged weights.</param>
    /// <exception cref="UniVGException">The adapters are of another model, or a merged weight is not finite.</exception>
    public static ModelContents Merge(ModelContents contents, IReadOnlyList<(AdapterNetwork Network, double Ratio)> adapters, ScalarType dtype)
    {
        if (adapters.Select(a => a.Ratio).FirstOrDefault(ratio => !double.IsFinite(ratio), defaultValue: 1) is var broken && !double.IsFinite(broken))
            throw new UniVGException($"The merge ratio is {broken}; it must be a number (1 is the adapter as trained).");
        return contents with
        {
            UNet = Merge(contents.UNet, adapters.SelectMany(a => a.Network.UNet.Select(adapter => (adapter, a.Ratio))), dtype),
            TextEncoder = Merge(contents.TextEncoder, adapters.SelectMany(a => a.Network.TextEncoder.Select(adapter => (adapter, a.Ratio))), dtype),
        };
    }

    private static Dictionary<string, Tensor> Merge(
        IReadOnlyDictionary<string, Tensor> weights, IEnumerable<(Adapter Adapter, double Ratio)> adapters, ScalarType dtype)
    {
        using var noGrad = no_grad();
        var merged = new Dictionary<string, Tensor>(weights);
        foreach (var ofLayer in adapters.Where(a => a.Ratio != 0).GroupBy(a => a.Adapter.Layer.Path + ".weight"))
        {
            using var pause = FinalizerPause.Begin();
            using var scope = NewDisposeScope();
            if (!weights.TryGetValue(ofLayer.Key, out var weight) || ofLayer.Any(a => !weight.shape.SequenceEqual(a.Adapter.Layer.Weight.shape)))
                throw new UniVGException($"The model has no weight '{ofLayer.Key}' of the adapter's size; merge into the model that the adapter was loaded for.");
            var sum = weight.to(ScalarType.Float32);
            foreach (var (adapter, ratio) in ofLayer) sum = sum.add(adapter.DeltaWeight().to(weight.device), alpha: ratio);
            var rounded = sum.to(dtype);
            if (!rounded.isfinite().all().item<bool>())
                throw new UniVGException($"'{ofLayer.Key}' would not be finite in {dtype} after the merge, so nothing was written; use a smaller ratio or fp32.");
            merged[ofLayer.Key] = rounded.MoveToOuterDisposeScope();
        }

        return merged;
    }
}
