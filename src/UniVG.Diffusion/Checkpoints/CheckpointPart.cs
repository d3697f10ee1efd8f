using static TorchSharp.torch;

namespace UniVG.Diffusion.Checkpoints;

/// <summary>One component of a checkpoint: the UNet, the VAE or the text encoder.</summary>
/// <param name="Name">UNet, VAE or text encoder, for messages.</param>
/// <param name="File">The file that holds its tensors.</param>
/// <param name="Keys">Which of the file's keys holds which weight: from diffusers name to key in the file.</param>
/// <param name="ConfigJson">
/// The text of its diffusers <c>config.json</c>, or the same derived from the shapes of the weights where the file has none.
/// </param>
public sealed record CheckpointPart(string Name, ITensorFile File, IReadOnlyDictionary<string, string> Keys, string ConfigJson)
{
    /// <summary>Keys that look like this component's, but are no weight of it in any known layout.</summary>
    public IReadOnlyList<string> Unexpected { get; init; } = [];

    /// <summary>Keys of this component that no model needs: <c>position_ids</c>, the VAE's training loss.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>The names of the three components, as messages use them.</summary>
    internal static (string UNet, string Vae, string TextEncoder) Names => ("UNet", "VAE", "text encoder");

    /// <summary>The number of scalars in all its weights.</summary>
    public long ParameterCount => Keys.Values.Sum(key => File.Tensors[key].Count);

    /// <summary>The types its weights are stored in, with the number of scalars of each.</summary>
    public IReadOnlyDictionary<ScalarType, long> DTypes => Keys.Values
        .Select(key => File.Tensors[key])
        .GroupBy(info => info.DType)
        .ToDictionary(group => group.Key, group => group.Sum(info => info.Count));

    /// <summary>A source for the model's constructor; see <see cref="CheckpointWeights"/>.</summary>
    /// <param name="device">Where the weights go; null means the CPU.</param>
    /// <param name="dtype">Their type there.</param>
    public CheckpointWeights Weights(Device? device = null, ScalarType dtype = ScalarType.Float32) => new(this, device, dtype);
}
