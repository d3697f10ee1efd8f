namespace UniVG.Diffusion;

/// <summary>How to load a model.</summary>
public sealed record ModelOptions
{
    /// <summary><c>auto</c> (CUDA where there is a usable GPU, else the CPU), <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>
    /// <c>auto</c> (fp32 on the CPU, bf16 or fp16 on CUDA), <c>fp32</c>, <c>tf32</c> (fp32 whose
    /// products a GPU rounds to 10 bits, which is several times as fast), <c>bf16</c> or <c>fp16</c>; the VAE always computes in fp32.
    /// </summary>
    public string Precision { get; init; } = "auto";

    /// <summary><c>auto</c> (the checkpoint's own, else Stable Diffusion's), <c>sd</c>, <c>univg</c>, or first and last beta as <c>B0,B1</c>.</summary>
    public string Schedule { get; init; } = "auto";

    /// <summary>A VAE to use instead of the checkpoint's own; a file or a diffusers folder.</summary>
    public string? VaePath { get; init; }

    /// <summary>A folder with <c>vocab.json</c> and <c>merges.txt</c>, or CLIP's <c>bpe_simple_vocab_16e6.txt.gz</c>.</summary>
    public string? TokenizerPath { get; init; }

    /// <summary>Attention heads of a single-file UNet, whose weights do not tell; a diffusers folder's configuration does. Default 8, as SD 1.5.</summary>
    public int UNetHeads { get; init; } = 8;

    /// <summary>Attention heads of a single-file text encoder; null takes one for each 64 features, as SD 1.5.</summary>
    public int? TextEncoderHeads { get; init; }
}
