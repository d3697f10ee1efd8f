using UniVG.Diffusion.Images;

namespace UniVG.Finetuning.Synthesis;

/// <summary>A generated picture of vessels.</summary>
/// <param name="Image">The picture.</param>
/// <param name="Modality">Name of its modality.</param>
/// <param name="Caption">What it shows, such as "retinal fundus, dense thin vessels".</param>
/// <param name="Mask">Width × height bytes, rows from the top: 255 on a vessel, else 0.</param>
/// <param name="Tree">The vessels themselves.</param>
public sealed record SyntheticImage(RgbImage Image, string Modality, string Caption, byte[] Mask, VesselTree Tree);
