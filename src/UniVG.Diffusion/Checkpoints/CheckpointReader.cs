namespace UniVG.Diffusion.Checkpoints;

/// <summary>The front door to models on the disk: tells by content what a path holds and opens it.</summary>
public static class CheckpointReader
{
    /// <summary>Opens a single-file model (safetensors, .ckpt, .pt) or a diffusers folder; weights are read when they are asked for.</summary>
    /// <exception cref="CheckpointException">
    /// There is no such path, it is damaged, or it is not a model of the Stable Diffusion 1.x family; the message says which.
    /// </exception>
    public static Checkpoint Open(string path, CheckpointOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        options ??= new CheckpointOptions();
        if (Directory.Exists(path))
        {
            return DiffusersFolder.IsOne(path) ? DiffusersFolder.Open(path, options) : throw new CheckpointException(
                $"'{path}' is a folder without unet/config.json; give a diffusers folder (with model_index.json) or a checkpoint file.", path);
        }

        if (!File.Exists(path)) throw new CheckpointException($"'{path}' does not exist; check the path.", path);
        var file = TensorFile.Open(path);
        try
        {
            return OpenSingleFile(path, file, options);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static Checkpoint OpenSingleFile(string path, ITensorFile file, CheckpointOptions options)
    {
        var ldm = new LdmCheckpoint(file, options);
        var unet = ldm.UNet();
        var textEncoder = ldm.TextEncoder();
        var schedule = ScheduleBuffers.Read(file);
        var vae = options.VaePath is { } given ? VaeFile.Open(given, options) : ldm.Vae() ?? throw new CheckpointException(
            $"'{path}' has no VAE (keys '{LdmKeyMap.VaePrefix}…'); give one apart.", path);
        try
        {
            return new Checkpoint(path, CheckpointLayout.SingleFile, unet, vae, textEncoder)
            {
                Schedule = schedule,
                Ignored = [.. ldm.Ignored, .. unet.Ignored, .. vae.Ignored, .. textEncoder.Ignored],
                Unexpected = ldm.Unexpected,
            };
        }
        catch
        {
            vae.File.Dispose();
            throw;
        }
    }
}
