using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Model;

namespace UniVG.TestSupport;

/// <summary>The golden model <c>sd_tiny.safetensors</c>: its configuration, and its LDM-named weights by the names of our models.</summary>
public sealed class TinyStableDiffusion : IDisposable
{
    private readonly GoldenFile _file = Goldens.Open("sd_tiny");

    public static UNetConfig UNetConfig { get; } = new()
    {
        BlockOutChannels = [32, 32, 64, 64], AttentionHeads = [4, 4, 4, 4], CrossAttentionDim = 64, SampleSize = 16,
    };

    public static AutoencoderKLConfig VaeConfig { get; } = new() { BlockOutChannels = [32, 32, 32, 64], SampleSize = 128 };

    public static ClipTextConfig TextConfig { get; } = new()
    {
        VocabSize = 1024, HiddenSize = 64, IntermediateSize = 256, Layers = 3, Heads = 4,
    };

    /// <summary>LDM and diffusers names of the UNet.</summary>
    public static KeyMap UNetKeys { get; } = LdmKeyMap.UNet(levels: 4, layersPerBlock: 2, UNetConfig.UpAttention);

    public UNet UNet() => new(UNetConfig, Weights(UNetKeys));

    public AutoencoderKL Vae() => new(VaeConfig, Weights(LdmKeyMap.Vae(levels: 4, layersPerBlock: 2)));

    public ClipTextEncoder TextEncoder() => new(TextConfig, Weights(LdmKeyMap.TextEncoder()));

    public void Dispose() => _file.Dispose();

    private DictionaryWeights Weights(KeyMap keys) => new(_file.Tensors
        .Where(t => keys.ToDiffusers(t.Key) is not null)
        .ToDictionary(t => keys.ToDiffusers(t.Key)!, t => IsVaeAttention(t.Key) ? t.Value.flatten(1) : t.Value));

    // LDM keeps these layers as 1×1 convolutions.
    private static bool IsVaeAttention(string key) =>
        key.Contains("mid.attn_1", StringComparison.Ordinal) && key.EndsWith("weight", StringComparison.Ordinal) && !key.Contains("norm", StringComparison.Ordinal);
}
