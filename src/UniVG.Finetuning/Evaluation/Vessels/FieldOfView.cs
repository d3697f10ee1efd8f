using UniVG.Diffusion.Images;

namespace UniVG.Finetuning.Evaluation.Vessels;

/// <summary>
/// Takes the black surroundings of a round picture away: their border with the picture would look like a vessel. The surroundings
/// are what is black and connected to a corner, unless that reaches the middle: then black is the picture's ground, as in OCT
/// angiography. They get the brightness of the nearest part of the picture.
/// </summary>
internal static class FieldOfView
{
    private const int Black = 40;

    /// <summary>Fills the surroundings in one channel of a picture.</summary>
    /// <param name="plane">The channel, changed in place.</param>
    /// <param name="image">The picture.</param>
    public static void Extend(float[] plane, RgbImage image)
    {
        var (width, height) = (image.Width, image.Height);
        var outside = new bool[plane.Length];
        var front = new Queue<int>(new[] { 0, width - 1, width * (height - 1), (width * height) - 1 }.Where(i => IsBlack(image, i)));
        while (front.TryDequeue(out var i))
        {
            if (outside[i]) continue;
            outside[i] = true;
            foreach (var next in Neighbours(i, width, height))
            {
                if (!outside[next] && IsBlack(image, next)) front.Enqueue(next);
            }
        }

        if (ReachesMiddle(outside, width, height)) return;

        // Two pixels more, for the soft rim between black and picture.
        for (var ring = 0; ring < 2; ring++)
            outside = [.. outside.Select((isOut, i) => isOut || Neighbours(i, width, height).Any(n => outside[n]))];

        Fill(plane, outside, width, height);
    }

    // Ring by ring outwards, each pixel the mean of its neighbours that are known.
    private static void Fill(float[] plane, bool[] unknown, int width, int height)
    {
        if (unknown.All(u => u)) return;
        var ring = new List<(int Pixel, float Value)>();
        do
        {
            ring.Clear();
            for (var i = 0; i < plane.Length; i++)
            {
                if (!unknown[i]) continue;
                var known = Neighbours(i, width, height).Where(n => !unknown[n]).Select(n => plane[n]).ToArray();
                if (known.Length > 0) ring.Add((i, known.Average()));
            }

            foreach (var (pixel, value) in ring) (plane[pixel], unknown[pixel]) = (value, false);
        }
        while (ring.Count > 0);
    }

    // More than one pixel in twenty of a disc with nine tenths of the picture's width.
    private static bool ReachesMiddle(bool[] outside, int width, int height)
    {
        var radius = 0.45 * Math.Min(width, height);
        var middle = Enumerable.Range(0, outside.Length).Where(i =>
        {
            var (x, y) = ((i % width) + 0.5 - (width / 2.0), (i / width) + 0.5 - (height / 2.0));
            return (x * x) + (y * y) < radius * radius;
        }).ToArray();
        return middle.Count(i => outside[i]) > middle.Length / 20;
    }

    private static bool IsBlack(RgbImage image, int pixel) =>
        Math.Max(image.Pixels[pixel * 3], Math.Max(image.Pixels[(pixel * 3) + 1], image.Pixels[(pixel * 3) + 2])) < Black;

    private static IEnumerable<int> Neighbours(int pixel, int width, int height)
    {
        var (x, y) = (pixel % width, pixel / width);
        if (x > 0) yield return pixel - 1;
        if (x < width - 1) yield return pixel + 1;
        if (y > 0) yield return pixel - width;
        if (y < height - 1) yield return pixel + width;
    }
}
