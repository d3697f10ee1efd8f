using UniVG.Diffusion.Images;
using UniVG.Notebooks.Displays.Images;

namespace UniVG.Notebooks.Tests.Displays;

/// <summary>Pictures whose every pixel follows from its place and a seed.</summary>
internal static class TestPictures
{
    public static RgbImage Of(int width, int height, int seed)
    {
        var image = new RgbImage(width, height);
        for (var i = 0; i < image.Pixels.Length; i++)
            image.Pixels[i] = (byte)(i * (seed + 3) + i / 7);
        return image;
    }

    /// <summary>A picture that compresses as photographs do: smooth, with a little noise.</summary>
    public static RgbImage Photograph(int width, int height, int seed)
    {
        var random = new Random(seed);
        var image = new RgbImage(width, height);
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            var (x, y) = (i / 3 % width, i / 3 / width);
            image.Pixels[i] = (byte)(128 + 90 * Math.Sin(x / (19.0 + seed)) * Math.Cos(y / (23.0 + i % 3)) + random.Next(-6, 7));
        }

        return image;
    }

    /// <summary>A picture that no format can compress.</summary>
    public static RgbImage Noise(int width, int height, int seed)
    {
        var image = new RgbImage(width, height);
        new Random(seed).NextBytes(image.Pixels);
        return image;
    }

    public static IReadOnlyList<GridImage> Row(int count, int side = 64)
        => [.. Enumerable.Range(1, count).Select(seed => new GridImage(Of(side, side, seed), $"seed {seed}", $"vessels, seed {seed}"))];
}
