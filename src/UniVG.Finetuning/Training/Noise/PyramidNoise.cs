using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace UniVG.Finetuning.Training.Noise;

/// <summary>
/// Multi-resolution noise (Whitaker 2023, as in kohya): noise of coarser and coarser grids, scaled up bilinearly and weakened by
/// discountⁱ, added to the noise; the sum is divided by its standard deviation. Grid i is smaller by rⁱ, r drawn from 2 to 4 each time.
/// </summary>
public static class PyramidNoise
{
    /// <summary>Adds the octaves.</summary>
    /// <param name="noise">(B, C, h, w), on the CPU.</param>
    /// <param name="iterations">The number of octaves, the first as fine as <paramref name="noise"/>; fewer where a grid is one wide before.</param>
    /// <param name="discount">The strength of an octave as a part of the one before.</param>
    /// <param name="generator">Draws the octaves.</param>
    /// <param name="random">Draws the sizes.</param>
    public static Tensor Add(Tensor noise, int iterations, double discount, Generator generator, Random random)
    {
        var (batch, channels, height, width) = (noise.shape[0], noise.shape[1], noise.shape[2], noise.shape[3]);
        var sum = noise;
        for (var i = 0; i < iterations; i++)
        {
            var shrink = Math.Pow((random.NextDouble() * 2) + 2, i);
            var (h, w) = (Math.Max(1, (long)(height / shrink)), Math.Max(1, (long)(width / shrink)));
            var octave = F.interpolate(
                randn([batch, channels, h, w], generator: generator), size: [height, width], mode: InterpolationMode.Bilinear, align_corners: false);
            sum = sum.add(octave, alpha: Math.Pow(discount, i));
            if (h == 1 || w == 1) break;
        }

        return sum / sum.std();
    }
}
