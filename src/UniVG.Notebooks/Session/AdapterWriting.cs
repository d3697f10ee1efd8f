using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Model;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Adapters.Operations;
using UniVG.Finetuning.Training;
using static TorchSharp.torch;

namespace UniVG.Notebooks.Session;

/// <summary>What a session's adapters become on the disk: adapter files, merged models, extracted LoRAs.</summary>
public static class AdapterWriting
{
    /// <summary>Writes the adapter as it is now, and the run's history and configuration next to its output.</summary>
    /// <param name="session">The session.</param>
    /// <param name="path">The file; null takes the run's.</param>
    /// <param name="precision">The type of the tensors in it; null for what the run's configuration says, float16 by default.</param>
    /// <param name="overwrite">Whether a file that this run did not write itself may be replaced.</param>
    /// <param name="detail">How much the file tells of the images.</param>
    /// <exception cref="UniVGException">There is nothing to write, or the file cannot be written.</exception>
    public static SavedAdapter SaveAdapter(
        this UniVGSession session, string? path = null, ScalarType? precision = null, bool overwrite = false, MetadataDetail detail = MetadataDetail.Standard)
    {
        var (adapter, model) = (session.RequireAdapter(), session.RequireModel());
        var present = session.Present is { Run.Step: > 0 } trained ? trained : throw new UniVGException("The adapter is untrained, so there is nothing to save; run '#!univg train' first.");
        path = path is null ? present.Output.Path : AdapterOutput.WithEnding(path);
        AdapterFile.EnsureWritable(path, overwrite || present.MayReplace(path));
        AdapterFile.Save(adapter, path, precision ?? present.Keeper.Precision, AdapterMetadata.Of(
            present.Run, model.Name, Path.GetFileNameWithoutExtension(path), detail, model.Path));
        present.NoteWritten(path);
        present.Keeper.WriteRecords();
        return new SavedAdapter(path, new FileInfo(path).Length, adapter.Adapters.Count, present.Run.Step);
    }

    /// <summary>Writes a copy of the model with all attached adapters baked in, in the layout that all Stable Diffusion tools read.</summary>
    /// <param name="session">The session.</param>
    /// <param name="path">A .safetensors file.</param>
    /// <param name="ratio">Multiplies the strength of each.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <returns>The adapters, with the strength at which each went in.</returns>
    /// <exception cref="UniVGException">There is no adapter, or the file cannot be written.</exception>
    public static IReadOnlyList<(SessionAdapter Adapter, double Strength)> MergeAdapter(
        this UniVGSession session, string path, double ratio = 1, bool overwrite = false)
    {
        var pipeline = session.RequireModel().Pipeline;
        session.Adapters.RequireAny();
        AdapterOutput.RequireWritable(path, overwrite);
        var contents = new ModelContents
        {
            UNet = pipeline.UNet.Weights.Tensors,
            UNetConfigJson = pipeline.UNet.Config.ToJson(),
            Vae = pipeline.Vae.Weights.Tensors,
            VaeConfigJson = pipeline.Vae.Config.ToJson(),
            TextEncoder = pipeline.TextEncoder.Weights.Tensors,
            TextEncoderConfigJson = pipeline.TextEncoder.Config.ToJson(),
            SchedulerConfigJson = pipeline.Schedule.ToJson(),
        };
        using var betas = tensor(pipeline.Schedule.Betas.ToArray());
        (SessionAdapter Adapter, double Strength)[] merged = [.. session.Adapters.Select(adapter => (adapter, adapter.Scale * ratio))];
        AdapterMerge.Save(
            path, contents, [.. merged.Select(a => (a.Adapter.Network, a.Strength))], extraTensors: new Dictionary<string, Tensor> { ["betas"] = betas });
        return merged;
    }

    /// <summary>Writes a plain LoRA that approximates an attached adapter, as trained (scale 1).</summary>
    /// <param name="session">The session.</param>
    /// <param name="path">A .safetensors file.</param>
    /// <param name="options">The LoRA's sizes.</param>
    /// <param name="name">The adapter; null where there is only one.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <param name="onLayer">Told how many of how many layers are done.</param>
    /// <param name="cancellationToken">Looked at before each layer.</param>
    /// <exception cref="UniVGException">There is no such adapter, or the file cannot be written.</exception>
    public static ExtractionReport ExtractLora(
        this UniVGSession session, string path, LoraExtractOptions options, string? name = null, bool overwrite = false,
        Action<int, int>? onLayer = null, CancellationToken cancellationToken = default)
    {
        var model = session.RequireModel();
        var adapter = session.Adapters.Find(name);
        AdapterOutput.RequireWritable(path, overwrite);
        using var extraction = AdapterExtract.ToLora(adapter.Network, options, onLayer, cancellationToken);
        var source = adapter.IsOwn && session.Run is { Step: > 0 } run
            ? AdapterMetadata.Of(run, model.Name, Path.GetFileNameWithoutExtension(path), MetadataDetail.Standard, model.Path)
            : adapter.Network.LoadReport?.Metadata ?? new Dictionary<string, string>();
        return SaveLora(extraction, path, options, source);
    }

    /// <summary>Writes a plain LoRA that approximates what tells a fine-tuned model from the session's.</summary>
    /// <param name="session">The session.</param>
    /// <param name="path">A .safetensors file.</param>
    /// <param name="tunedPath">The fine-tuned model: a checkpoint or a diffusers folder.</param>
    /// <param name="options">The LoRA's sizes.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <param name="onLayer">Told how many of how many layers are done.</param>
    /// <param name="cancellationToken">Looked at before each layer.</param>
    /// <exception cref="UniVGException">There is no model, the other cannot be read or is of another size, or the file cannot be written.</exception>
    public static ExtractionReport ExtractDifference(
        this UniVGSession session, string path, string tunedPath, LoraExtractOptions options, bool overwrite = false,
        Action<int, int>? onLayer = null, CancellationToken cancellationToken = default)
    {
        var original = session.RequireModel().Pipeline;
        options.Validate();
        AdapterOutput.RequireWritable(path, overwrite);
        using var tuned = CheckpointReader.Open(InputPath.Find(tunedPath));
        var (unetWeights, textWeights) = (tuned.UNet.Weights(), tuned.TextEncoder.Weights());
        using var unet = new UNet(original.UNet.Config, unetWeights);
        using var text = new ClipTextEncoder(original.TextEncoder.Config, textWeights);
        foreach (var report in (CheckpointLoadReport[])[unetWeights.Report, textWeights.Report]) report.ThrowIfIncomplete();
        using var extraction = AdapterExtract.Difference(
            (original.UNet.Weights.Layers, original.TextEncoder.Weights.Layers), (unet.Weights.Layers, text.Weights.Layers),
            options, onLayer: onLayer, cancellationToken: cancellationToken);
        return SaveLora(extraction, path, options, new Dictionary<string, string>());
    }

    private static ExtractionReport SaveLora(LoraExtraction extraction, string path, LoraExtractOptions options, IReadOnlyDictionary<string, string> source)
    {
        AdapterFile.Save(extraction.Network, path, ScalarType.Float16, AdapterConversion.MetadataOf(extraction, options, source));
        return extraction.Report;
    }
}
