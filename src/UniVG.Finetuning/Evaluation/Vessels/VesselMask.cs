namespace UniVG.Finetuning.Evaluation.Vessels;

/// <summary>Which pixels of a picture are vessel.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Pixels">Width × Height, rows from the top; true on a vessel.</param>
public sealed record VesselMask(int Width, int Height, bool[] Pixels)
{
    /// <summary>Share of the picture that is vessel, 0 to 1.</summary>
    public double Density => Pixels.Count(p => p) / (double)Pixels.Length;

    /// <summary>Whether a pixel is vessel; false outside the picture.</summary>
    public bool this[int x, int y] => x >= 0 && y >= 0 && x < Width && y < Height && Pixels[(y * Width) + x];
}
