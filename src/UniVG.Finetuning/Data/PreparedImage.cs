using UniVG.Diffusion.Images;

namespace UniVG.Finetuning.Data;

/// <summary>A picture in exactly the size of its bucket.</summary>
/// <param name="Image">The picture.</param>
/// <param name="Mask">Where its loss counts, of the same size and grey; null for everywhere.</param>
public sealed record PreparedImage(RgbImage Image, RgbImage? Mask);
