using static TorchSharp.torch;

namespace UniVG.Diffusion.Checkpoints;

/// <summary>
/// Writes a whole model into one safetensors file in the LDM layout, which A1111, ComfyUI, kohya's and diffusers' single-file
/// loaders read. The diffusers configurations go into the metadata too, since weights tell neither heads nor groups.
/// </summary>
public static class LdmCheckpointWriter
{
    /// <summary>Writes <paramref name="contents"/> to <paramref name="path"/>.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="contents">The model; its tokenizer is not part of the layout.</param>
    /// <param name="dtype">The type of the weights in the file.</param>
    /// <param name="extraTensors">Tensors to add under their own names, such as <c>betas</c>.</param>
    /// <param name="metadata">Text to add to the header.</param>
    /// <exception cref="UniVGException">The file cannot be written.</exception>
    public static void Write(
        string path,
        ModelContents contents,
        ScalarType dtype = ScalarType.Float16,
        IReadOnlyDictionary<string, Tensor>? extraTensors = null,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(contents);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>(extraTensors ?? new Dictionary<string, Tensor>());
        Add(tensors, contents.UNet, UNetMap(contents.UNet), dtype);
        Add(tensors, contents.Vae, VaeMap(contents.Vae), dtype);
        Add(tensors, contents.TextEncoder, LdmKeyMap.TextEncoder(), dtype);

        var header = new Dictionary<string, string>(metadata ?? new Dictionary<string, string>())
        {
            ["format"] = "pt",
            [ConfigKey("unet")] = contents.UNetConfigJson,
            [ConfigKey("vae")] = contents.VaeConfigJson,
            [ConfigKey("text_encoder")] = contents.TextEncoderConfigJson,
        };
        SafetensorsWriter.Write(path, tensors, header);
    }

    internal static string ConfigKey(string component) => $"univg.{component}.config";

    private static void Add(Dictionary<string, Tensor> target, IReadOnlyDictionary<string, Tensor> weights, KeyMap map, ScalarType dtype)
    {
        foreach (var (name, weight) in weights)
        {
            var key = map.ToLdm(name) ?? throw new CheckpointException($"The weight '{name}' has no place in an LDM checkpoint.", key: name);
            var converted = weight.detach().to(dtype);
            target.Add(key, key.Contains(".mid.attn_1.", StringComparison.Ordinal) && converted.dim() == 2
                ? converted.unsqueeze(-1).unsqueeze(-1) // LDM's VAE attends through 1×1 convolutions
                : converted);
        }
    }

    private static KeyMap UNetMap(IReadOnlyDictionary<string, Tensor> weights)
    {
        var levels = Count(i => weights.ContainsKey($"down_blocks.{i}.resnets.0.conv1.weight"));
        var layers = Count(i => weights.ContainsKey($"down_blocks.0.resnets.{i}.conv1.weight"));
        var upAttention = Enumerable.Range(0, levels).Select(i => weights.ContainsKey($"up_blocks.{i}.attentions.0.norm.weight"));
        return LdmKeyMap.UNet(levels, layers, [.. upAttention]);
    }

    private static KeyMap VaeMap(IReadOnlyDictionary<string, Tensor> weights) => LdmKeyMap.Vae(
        Count(i => weights.ContainsKey($"encoder.down_blocks.{i}.resnets.0.conv1.weight")),
        Count(i => weights.ContainsKey($"encoder.down_blocks.0.resnets.{i}.conv1.weight")));

    private static int Count(Func<int, bool> exists)
    {
        var count = 0;
        while (exists(count)) count++;
        return count;
    }
}
