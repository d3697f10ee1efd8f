namespace UniVG.Diffusion.Checkpoints;

/// <summary>Tells what a checkpoint or an adapter holds without reading its weights.</summary>
public static class CheckpointInspector
{
    /// <summary>Reads the headers of a file, or of the files of a diffusers folder.</summary>
    /// <exception cref="CheckpointException">It is missing, damaged or malicious.</exception>
    public static CheckpointSummary Inspect(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Directory.Exists(path) ? InspectFolder(path) : InspectFile(path);
    }

    private static CheckpointSummary InspectFile(string path)
    {
        using var file = TensorFile.Open(path);
        return Summarise(path, CheckpointKinds.Detect(file), FormatOf(file), [file], key => GroupOf(key)) with
        {
            Schedule = ScheduleBuffers.Read(file),
            Metadata = file.Metadata,
            ForeignTypes = (file as TorchCheckpointFile)?.ForeignTypes ?? [],
        };
    }

    private static CheckpointSummary InspectFolder(string path)
    {
        using var checkpoint = CheckpointReader.Open(path);
        ITensorFile[] files = [checkpoint.UNet.File, checkpoint.Vae.File, checkpoint.TextEncoder.File];
        return Summarise(path, CheckpointKind.StableDiffusion1, "diffusers folder", files, _ => null) with { Metadata = checkpoint.Metadata };
    }

    private static CheckpointSummary Summarise(
        string path, CheckpointKind kind, string format, IReadOnlyList<ITensorFile> files, Func<string, string?> groupOf)
    {
        var tensors = files.SelectMany(file => file.Tensors.Select(t => (
            Group: groupOf(t.Key) ?? Path.GetFileName(Path.GetDirectoryName(file.Path))!, t.Value.DType, t.Value.Count))).ToList();
        return new CheckpointSummary
        {
            Path = path,
            Kind = kind,
            Format = format,
            FileBytes = files.Sum(file => new FileInfo(file.Path).Length),
            TensorCount = tensors.Count,
            ParameterCount = tensors.Sum(t => t.Count),
            Groups = [.. Totals(tensors.GroupBy(t => t.Group, t => t.Count))],
            DTypes = [.. Totals(tensors.GroupBy(t => t.DType, t => t.Count))],
            Metadata = new Dictionary<string, string>(),
        };
    }

    private static IOrderedEnumerable<KeyValuePair<T, long>> Totals<T>(IEnumerable<IGrouping<T, long>> groups) =>
        groups.Select(g => KeyValuePair.Create(g.Key, g.Sum())).OrderByDescending(g => g.Value);

    // model.diffusion_model.… is the UNet; kohya's lora_unet_… and lora_te_… are flat names.
    private static string GroupOf(string key)
    {
        if (key.StartsWith("lora_", StringComparison.Ordinal)) return string.Join('_', key.Split('_').Take(2));
        var parts = key.Split('.');
        return parts[0] == "model" && parts.Length > 1 ? $"{parts[0]}.{parts[1]}" : parts[0];
    }

    private static string FormatOf(ITensorFile file) => file switch
    {
        SafetensorsFile => "safetensors",
        TorchCheckpointFile { IsZip: true } => "PyTorch zip",
        _ => "PyTorch legacy",
    };
}
