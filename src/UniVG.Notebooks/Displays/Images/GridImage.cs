using UniVG.Diffusion.Images;

namespace UniVG.Notebooks.Displays.Images;

/// <summary>One picture of a grid.</summary>
/// <param name="Image">The picture.</param>
/// <param name="Label">A short line below it, such as <c>seed 42</c>; may be empty.</param>
/// <param name="AltText">What a reader who cannot see it is told, such as the prompt.</param>
public sealed record GridImage(RgbImage Image, string Label, string AltText)
{
    /// <summary>A second, fainter line below the label, such as the prompt; null for none.</summary>
    public string? Caption { get; init; }

    /// <summary>Where the full picture was saved, as an address relative to the notebook; its label then links there. Null for nowhere.</summary>
    public string? File { get; init; }
}
