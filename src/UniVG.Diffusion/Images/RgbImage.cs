namespace UniVG.Diffusion.Images;

/// <summary>An 8-bit RGB picture in memory: rows from the top, three bytes a pixel, no padding.</summary>
public sealed class RgbImage
{
    /// <summary>Wraps the pixels (not copied).</summary>
    /// <param name="width">Width in pixels, at least 1.</param>
    /// <param name="height">Height in pixels, at least 1.</param>
    /// <param name="pixels">width × height × 3 bytes.</param>
    public RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, width * height * 3);
        Width = width;
        Height = height;
        Pixels = pixels;
    }

    /// <summary>Creates a black picture.</summary>
    public RgbImage(int width, int height)
        : this(width, height, new byte[width * height * 3])
    {
    }

    /// <summary>Creates a picture whose pixels are arbitrary until they are written: all of them must be.</summary>
    internal static RgbImage Unwritten(int width, int height) => new(width, height, GC.AllocateUninitializedArray<byte>(width * height * 3));

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>The bytes, R G B R G B …</summary>
    public byte[] Pixels { get; }
}
