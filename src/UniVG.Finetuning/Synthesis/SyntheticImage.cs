using UniVG.Diffusion.Images;

namespace UniVG.Finetuning.Synthesis;

/// <summary>A generated picture of vessels.</summary>
/// <param name="Image">The picture.</param>
/// <param name="Modality">Name of its modality.</param>
/// <param name="Caption">What it shows, such as "retinal fundus, dense thin vessels".</param>
/// <param name="Mask">Width × height bytes, rows from the top: 255 on a vessel, else 0.</param>
/// <param name="Tree">The vessels themselves.</param>
public sealed record SyntheticImage(RgbImage Image, string Modality, string Caption, byte[] Mask, VesselTree Tree)
{
    /// <summary>Share of the picture that is vessel, 0 to 1.</summary>
    public double Density => Mask.Count(m => m != 0) / (double)Mask.Length;

    /// <summary>The vessels' axes: width × height bytes, 255 on a connected line one pixel wide, else 0.</summary>
    public byte[] DrawCentrelines() => VesselMaps.Centrelines(Tree, Image.Width);

    /// <summary>Branch orders: width × height bytes, the Strahler order of the vessel under each pixel of the mask, else 0.</summary>
    public byte[] DrawLabels() => VesselMaps.Labels(Tree, Mask);
}
