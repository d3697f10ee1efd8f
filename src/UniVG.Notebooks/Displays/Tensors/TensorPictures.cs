using System.Globalization;
using UniVG.Diffusion.Images;
using UniVG.Notebooks.Displays.Images;
using static TorchSharp.torch;

namespace UniVG.Notebooks.Displays.Tensors;

/// <summary>Shows tensors of the shape of pictures as pictures: three channels in colour, others each in grey.</summary>
internal static class TensorPictures
{
    private const int Most = 8;
    private const int SmallestSide = 8;
    private const int LargestSide = 4096;
    private const int MostChannels = 4;

    /// <summary>The pictures, and which values are black and white.</summary>
    /// <param name="tensor">Of any shape.</param>
    /// <param name="statistics">Its values.</param>
    /// <returns>None where the shape is none of (height, width), (channels, height, width), (pictures, channels, height, width).</returns>
    public static (IReadOnlyList<GridImage> Images, string Scale) Of(Tensor tensor, TensorStatistics statistics)
    {
        var shape = tensor.shape;
        if (shape.Length is < 2 or > 4 || shape[^1] is < SmallestSide or > LargestSide || shape[^2] is < SmallestSide or > LargestSide) return ([], "");
        var channels = shape.Length > 2 ? shape[^3] : 1;
        if (channels is < 1 or > MostChannels) return ([], "");
        var (black, white) = Range(tensor.dtype, statistics);
        var planes = channels == 3 ? 3 : 1;
        var count = (int)Math.Min(Most, shape.SkipLast(2).Aggregate(1L, (product, size) => product * size) / planes);
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var values = tensor.detach().reshape(-1, planes, shape[^2], shape[^1])[TensorIndex.Slice(0, count)].to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
        var images = Enumerable.Range(0, count).Select(i => Picture(values, i, planes, (int)shape[^1], (int)shape[^2], black, white));
        return (
            [.. images.Select((image, i) => new GridImage(image, Label(i, channels), $"picture {i + 1} of {count}, values {Text(black)} (black) to {Text(white)} (white)"))],
            $"black is {Text(black)}, white is {Text(white)}");
    }

    /// <summary>Bytes, shares and the model's own range keep their meaning; other values are stretched.</summary>
    private static (double Black, double White) Range(ScalarType type, TensorStatistics values) => values switch
    {
        _ when type == ScalarType.Byte => (0, 255),
        { Min: >= 0, Max: <= 1 } => (0, 1),
        { Min: >= -1, Max: <= 1 } => (-1, 1),
        { Max: var max, Min: var min } when max > min => (min, max),
        { Min: var min } => (min, min + 1),
    };

    private static RgbImage Picture(float[] values, int index, int planes, int width, int height, double black, double white)
    {
        var image = new RgbImage(width, height);
        var area = width * height;
        for (var pixel = 0; pixel < area; pixel++)
        {
            for (var channel = 0; channel < 3; channel++)
            {
                var value = values[(index * planes + Math.Min(channel, planes - 1)) * area + pixel];
                var share = float.IsFinite(value) ? Math.Clamp((value - black) / (white - black), 0, 1) : 0;
                image.Pixels[3 * pixel + channel] = (byte)Math.Round(255 * share);
            }
        }

        return image;
    }

    private static string Label(int index, long channels) => channels is 1 or 3
        ? string.Create(CultureInfo.InvariantCulture, $"{index}")
        : string.Create(CultureInfo.InvariantCulture, $"{index / channels}, channel {index % channels}");

    private static string Text(double value) => value.ToString("G3", CultureInfo.InvariantCulture);
}
