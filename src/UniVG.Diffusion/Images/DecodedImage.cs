namespace UniVG.Diffusion.Images;

/// <summary>A picture file as read.</summary>
/// <param name="Image">Its pixels, upright, over the background where transparent.</param>
public sealed record DecodedImage(RgbImage Image)
{
    /// <summary>How opaque each pixel is, grey, white for fully; null without transparent pixels.</summary>
    public RgbImage? Alpha { get; init; }

    /// <summary>The window that was applied; null for pictures of 8 bits, and for deep colour pictures of whole numbers.</summary>
    public GrayWindow? Window { get; init; }

    /// <summary>How many pictures the file holds; the first is read.</summary>
    public int Pages { get; init; } = 1;
}
