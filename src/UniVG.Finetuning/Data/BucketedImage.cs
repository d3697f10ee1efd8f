using UniVG.Diffusion.Images;

namespace UniVG.Finetuning.Data;

/// <summary>A picture of a dataset, its caption and its bucket.</summary>
/// <param name="Path">The picture's file.</param>
/// <param name="Caption">Its caption as read, before the changes of <see cref="CaptionOptions"/>.</param>
/// <param name="Width">Width of the file's picture, upright, in pixels.</param>
/// <param name="Height">Height of the file's picture, upright, in pixels.</param>
/// <param name="Repeats">How often an epoch shows it.</param>
/// <param name="Choice">Its bucket and the way into it.</param>
public sealed record BucketedImage(string Path, string Caption, int Width, int Height, int Repeats, BucketChoice Choice)
{
    /// <summary>How a 16-bit grey file becomes 8-bit; null keeps its upper byte.</summary>
    public GrayWindow? GrayWindow { get; init; }
}
