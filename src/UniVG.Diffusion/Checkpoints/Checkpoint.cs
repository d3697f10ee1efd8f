namespace UniVG.Diffusion.Checkpoints;

/// <summary>
/// A whole model on the disk, opened but not loaded: its three components as weight sources, their configurations, and what else
/// lies with them. Weights already handed out stay valid after <see cref="Dispose"/>.
/// </summary>
public sealed class Checkpoint : IDisposable
{
    internal Checkpoint(string path, CheckpointLayout layout, CheckpointPart unet, CheckpointPart vae, CheckpointPart textEncoder)
    {
        Path = path;
        Layout = layout;
        UNet = unet;
        Vae = vae;
        TextEncoder = textEncoder;
        CheckWidths();
    }

    /// <summary>The file or folder.</summary>
    public string Path { get; }

    /// <summary>Whether it is a file or a folder.</summary>
    public CheckpointLayout Layout { get; }

    /// <summary>The UNet.</summary>
    public CheckpointPart UNet { get; }

    /// <summary>The VAE: the model's own, or the one given apart.</summary>
    public CheckpointPart Vae { get; }

    /// <summary>The text encoder.</summary>
    public CheckpointPart TextEncoder { get; }

    /// <summary>The folder with the tokenizer's vocabulary; null where the checkpoint has none (single files).</summary>
    public string? TokenizerFolder { get; internal init; }

    /// <summary>The text of the diffusers <c>scheduler_config.json</c>; null where there is none.</summary>
    public string? SchedulerConfigJson { get; internal init; }

    /// <summary>The noise schedule's buffers; null where there are none.</summary>
    public ScheduleBuffers? Schedule { get; internal init; }

    /// <summary>Keys that no model needs: averaged weights, buffers of the training run, a ControlNet.</summary>
    public IReadOnlyList<string> Ignored { get; internal init; } = [];

    /// <summary>Keys of nothing that is known here; those of a component are in its <see cref="CheckpointLoadReport"/>.</summary>
    public IReadOnlyList<string> Unexpected { get; internal init; } = [];

    /// <summary>The text attached to the file.</summary>
    public IReadOnlyDictionary<string, string> Metadata => UNet.File.Metadata;

    /// <summary>Lets go of the files.</summary>
    public void Dispose()
    {
        UNet.File.Dispose();
        Vae.File.Dispose();
        TextEncoder.File.Dispose();
    }

    private void CheckWidths()
    {
        var context = UNet.Keys.Keys.FirstOrDefault(k => k.EndsWith(".attn2.to_k.weight", StringComparison.Ordinal));
        if (context is null || Width(UNet, context) is not { } needed) return;
        if (Width(TextEncoder, "text_model.embeddings.token_embedding.weight") is { } given && given != needed)
        {
            throw new CheckpointException(
                $"'{Path}' does not fit together: its text encoder gives {given} features and its UNet takes {needed}.", Path);
        }
    }

    private static long? Width(CheckpointPart part, string name) =>
        part.Keys.TryGetValue(name, out var key) && part.File.Tensors[key].Shape is [_, var width, ..] ? width : null;
}
