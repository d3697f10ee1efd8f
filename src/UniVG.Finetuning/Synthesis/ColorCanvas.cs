using System.Numerics;
using UniVG.Diffusion.Images;

namespace UniVG.Finetuning.Synthesis;

/// <summary>A square picture in working values, one (R, G, B) vector a pixel, 0 black to 1 white.</summary>
public sealed class ColorCanvas
{
    /// <summary>Creates a black canvas.</summary>
    public ColorCanvas(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        Size = size;
        Pixels = new Vector3[size * size];
    }

    /// <summary>Pixels on a side.</summary>
    public int Size { get; }

    /// <summary>The colours, row by row from the top.</summary>
    public Vector3[] Pixels { get; }

    /// <summary>Paints a grey value on one pixel.</summary>
    public void SetGray(int pixel, float value) => Pixels[pixel] = new Vector3(value);

    /// <summary>Averages square blocks, <paramref name="factor"/> pixels wide, into one 8-bit pixel each.</summary>
    public RgbImage Reduce(int factor)
    {
        var size = Size / factor;
        var image = new RgbImage(size, size);
        var scale = 255f / (factor * factor);
        for (var y = 0; y < size; y++)
        for (var x = 0; x < size; x++)
        {
            var sum = Vector3.Zero;
            for (var row = y * factor; row < (y + 1) * factor; row++)
            for (var column = x * factor; column < (x + 1) * factor; column++)
                sum += Vector3.Clamp(Pixels[(row * Size) + column], Vector3.Zero, Vector3.One);

            var rounded = (sum * scale) + new Vector3(0.5f);
            var at = ((y * size) + x) * 3;
            image.Pixels[at] = (byte)rounded.X;
            image.Pixels[at + 1] = (byte)rounded.Y;
            image.Pixels[at + 2] = (byte)rounded.Z;
        }

        return image;
    }
}
