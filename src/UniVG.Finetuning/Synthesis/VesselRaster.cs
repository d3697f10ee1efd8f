namespace UniVG.Finetuning.Synthesis;

/// <summary>Vessels drawn on a square grid, rows from the top.</summary>
/// <param name="Size">Pixels on a side.</param>
/// <param name="Coverage">Size × Size; the part of each pixel that lies on a vessel, 0 to 1.</param>
/// <param name="Depth">Size × Size; half the length of a ray through the vessel, in pixels: what an X-ray has to pass.</param>
public sealed record VesselRaster(int Size, float[] Coverage, float[] Depth)
{
    /// <summary>
    /// The vessels as a mask: 255 where at least a quarter of a block of pixels is covered, else 0;
    /// a quarter, because a vessel half a block wide would otherwise fall to pieces where it runs between two blocks.
    /// </summary>
    /// <param name="factor">Pixels on a side of a block; the mask has (Size / factor)² bytes.</param>
    public byte[] ToMask(int factor = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(factor);
        var size = Size / factor;
        var mask = new byte[size * size];
        for (var y = 0; y < size; y++)
        for (var x = 0; x < size; x++)
        {
            var sum = 0f;
            for (var row = y * factor; row < (y + 1) * factor; row++)
            for (var column = x * factor; column < (x + 1) * factor; column++)
                sum += Coverage[(row * Size) + column];

            if (sum >= 0.25f * factor * factor) mask[(y * size) + x] = 255;
        }

        return mask;
    }
}
