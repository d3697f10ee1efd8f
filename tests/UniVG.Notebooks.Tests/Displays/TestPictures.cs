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

    public static IReadOnlyList<GridImage> Row(int count, int side = 64)
        => [.. Enumerable.Range(1, count).Select(seed => new GridImage(Of(side, side, seed), $"seed {seed}", $"vessels, seed {seed}"))];
}
