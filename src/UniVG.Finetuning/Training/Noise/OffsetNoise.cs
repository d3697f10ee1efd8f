using static TorchSharp.torch;

namespace UniVG.Finetuning.Training.Noise;

/// <summary>
/// Offset noise (Guttenberg 2023, as in kohya): ε + o · ξ, where ξ is one number a channel, so that a model learns to change the
/// overall brightness, too. An adaptive scale s makes o depend on the picture: max(0, o + s · |mean of its latents|) for each channel.
/// </summary>
public static class OffsetNoise
{
    /// <summary>Adds the offset.</summary>
    /// <param name="noise">ε, (B, C, h, w).</param>
    /// <param name="latents">The clean latents, (B, C, h, w).</param>
    /// <param name="offset">ξ, standard normal, (B, C, 1, 1).</param>
    /// <param name="strength">o.</param>
    /// <param name="adaptiveScale">s; null for none.</param>
    public static Tensor Add(Tensor noise, Tensor latents, Tensor offset, double strength, double? adaptiveScale) => adaptiveScale is { } scale
        ? noise + ((latents.mean([2, 3], keepdim: true).abs().mul(scale) + strength).clamp_min(0) * offset)
        : noise.add(offset, alpha: strength);
}
