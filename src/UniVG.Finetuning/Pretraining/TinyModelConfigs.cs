using UniVG.Diffusion.Model;

namespace UniVG.Finetuning.Pretraining;

/// <summary>
/// The dimensions of univg-tiny: the parts of Stable Diffusion 1.x, small enough for a repository and for two CPU cores. 64×64 pixels
/// become 16×16 latents; 8 norm groups instead of 32, because one channel a group would normalise all brightness and colour away.
/// </summary>
public static class TinyModelConfigs
{
    private const int TextFeatures = 64;

    /// <summary>The UNet: three levels; attention at 8×8 and 4×4, where it costs little.</summary>
    public static UNetConfig UNet { get; } = new()
    {
        SampleSize = 16,
        BlockOutChannels = [48, 64, 96],
        CrossAttentionDim = TextFeatures,
        AttentionHeads = [4, 4, 4],
        DownAttention = [false, true, true],
        UpAttention = [true, true, false],
        NormGroups = 8,
    };

    /// <summary>The VAE: a quarter of the pixels' width and height.</summary>
    public static AutoencoderKLConfig Vae { get; } = new()
    {
        SampleSize = 64,
        BlockOutChannels = [32, 32, 64],
        LayersPerBlock = 1,
        NormGroups = 8,
    };

    /// <summary>The text encoder.</summary>
    /// <param name="vocabularySize">The number of tokens of its tokenizer.</param>
    public static ClipTextConfig TextEncoder(int vocabularySize) => new()
    {
        VocabSize = vocabularySize,
        HiddenSize = TextFeatures,
        IntermediateSize = 4 * TextFeatures,
        Layers = 2,
        Heads = 4,
    };
}
