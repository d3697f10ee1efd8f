using System.Numerics;
using UniVG.Diffusion.Images;

namespace UniVG.Finetuning.Data.Quality;

/// <summary>What a picture's pixels say about it.</summary>
/// <param name="Red">How many pixels have each red value, 0 to 255.</param>
/// <param name="Green">The same for green.</param>
/// <param name="Blue">The same for blue.</param>
/// <param name="MeanChroma">Mean over the pixels of the largest less the smallest channel, 0 (grey) to 255.</param>
/// <param name="Thumbnail">The picture as 32 × 32 grey values, to compare pictures by.</param>
public sealed record ImageStatistics(
    IReadOnlyList<int> Red, IReadOnlyList<int> Green, IReadOnlyList<int> Blue, double MeanChroma, IReadOnlyList<byte> Thumbnail)
{
    private const int ThumbnailSide = 32;

    // JPEG leaves this much colour in a grey picture at most.
    private const double MaxGrayChroma = 1.5;

    // Of 64 signs this many may differ in near duplicates.
    private const int MaxDifferentSigns = 8;
    private const double MaxDifference = 2.5;

    private ulong Signs { get; } = SignsOf(Thumbnail);

    /// <summary>Whether the picture is grey.</summary>
    public bool IsGray => MeanChroma <= MaxGrayChroma;

    /// <summary>Whether all pixels are alike.</summary>
    public bool IsConstant => Spread(Red) <= 2 && Spread(Green) <= 2 && Spread(Blue) <= 2;

    /// <summary>The part of the pixels that is as bright as can be, in the channel that has most of them; 0 to 1.</summary>
    public double WhitePart => new[] { Red, Green, Blue }.Max(channel => channel[255] / (double)Math.Max(1, channel.Sum()));

    /// <summary>Measures a picture.</summary>
    public static ImageStatistics Of(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var counts = new[] { new int[256], new int[256], new int[256] };
        var chroma = 0L;
        for (var i = 0; i < image.Pixels.Length; i += 3)
        {
            var (red, green, blue) = (image.Pixels[i], image.Pixels[i + 1], image.Pixels[i + 2]);
            (counts[0][red], counts[1][green], counts[2][blue]) = (counts[0][red] + 1, counts[1][green] + 1, counts[2][blue] + 1);
            chroma += Math.Max(red, Math.Max(green, blue)) - Math.Min(red, Math.Min(green, blue));
        }

        var small = ImageResizer.Resize(image, ThumbnailSide, ThumbnailSide).Pixels;
        byte[] thumbnail = [.. Enumerable.Range(0, ThumbnailSide * ThumbnailSide).Select(i => (byte)((small[i * 3] + small[(i * 3) + 1] + small[(i * 3) + 2]) / 3))];
        return new ImageStatistics(counts[0], counts[1], counts[2], chroma / (double)(image.Width * image.Height), thumbnail);
    }

    /// <summary>Whether two pictures look alike at 32 × 32 pixels: a copy, another compression, the next frame of a film.</summary>
    public bool IsNearly(ImageStatistics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (BitOperations.PopCount(Signs ^ other.Signs) > MaxDifferentSigns) return false;
        var difference = 0;
        for (var i = 0; i < Thumbnail.Count; i++) difference += Math.Abs(Thumbnail[i] - other.Thumbnail[i]);
        return difference <= MaxDifference * Thumbnail.Count;
    }

    private static int Spread(IReadOnlyList<int> counts)
    {
        var used = Enumerable.Range(0, counts.Count).Where(v => counts[v] > 0).ToArray();
        return used.Length == 0 ? 0 : used[^1] - used[0];
    }

    // Whether each of 8 × 8 places is brighter than the next to its right (difference hash); quick to compare.
    private static ulong SignsOf(IReadOnlyList<byte> thumbnail)
    {
        var signs = 0UL;
        for (var y = 0; y < 8; y++)
        for (var x = 0; x < 8; x++)
            signs = (signs << 1) | (Mean(x * 3, y * 4) > Mean((x + 1) * 3, y * 4) ? 1UL : 0);
        return signs;

        int Mean(int left, int top) => Enumerable.Range(0, 16).Sum(i => thumbnail[((top + (i / 4)) * ThumbnailSide) + left + (i % 4)]);
    }
}
