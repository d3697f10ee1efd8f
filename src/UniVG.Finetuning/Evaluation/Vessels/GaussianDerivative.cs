using System.Numerics;

namespace UniVG.Finetuning.Evaluation.Vessels;

/// <summary>Convolution with a Gaussian or its derivatives, separable, borders repeated.</summary>
internal static class GaussianDerivative
{
    /// <summary>Derivatives of a smoothed plane: orders 0 to 2 along x and y.</summary>
    public static float[] Apply(float[] plane, int width, int height, double sigma, int orderX, int orderY) =>
        AlongY(AlongX(plane, width, height, Kernel(sigma, orderX)), width, height, Kernel(sigma, orderY));

    // In the order in which it is laid over the pixels: convolution turns a kernel around, so that d/dx is positive where the plane rises.
    private static float[] Kernel(double sigma, int order)
    {
        var radius = (int)Math.Ceiling(3.5 * sigma);
        var kernel = new double[(2 * radius) + 1];
        for (var i = 0; i < kernel.Length; i++)
        {
            var x = (i - radius) / sigma;
            kernel[i] = Math.Exp(-x * x / 2) * order switch { 0 => 1, 1 => x / sigma, _ => ((x * x) - 1) / (sigma * sigma) };
        }

        // A sampled second derivative does not sum to 0 by itself, and flat ground must give no response.
        if (order == 2)
        {
            var mean = kernel.Average();
            for (var i = 0; i < kernel.Length; i++) kernel[i] -= mean;
        }

        var scale = order == 0 ? 1 / kernel.Sum() : 1 / (Math.Sqrt(2 * Math.PI) * sigma);
        return [.. kernel.Select(k => (float)(k * scale))];
    }

    private static float[] AlongX(float[] plane, int width, int height, float[] kernel)
    {
        var radius = kernel.Length / 2;
        var (result, padded) = (new float[plane.Length], new float[width + (2 * radius)]);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < padded.Length; x++) padded[x] = plane[(y * width) + Math.Clamp(x - radius, 0, width - 1)];
            for (var k = 0; k < kernel.Length; k++) Add(padded.AsSpan(k, width), kernel[k], result.AsSpan(y * width, width));
        }

        return result;
    }

    private static float[] AlongY(float[] plane, int width, int height, float[] kernel)
    {
        var radius = kernel.Length / 2;
        var result = new float[plane.Length];
        for (var y = 0; y < height; y++)
        for (var k = 0; k < kernel.Length; k++)
            Add(plane.AsSpan(Math.Clamp(y + k - radius, 0, height - 1) * width, width), kernel[k], result.AsSpan(y * width, width));
        return result;
    }

    // sum += weight · values
    private static void Add(ReadOnlySpan<float> values, float weight, Span<float> sum)
    {
        var i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
            (new Vector<float>(sum[i..]) + (new Vector<float>(values[i..]) * weight)).CopyTo(sum[i..]);
        for (; i < values.Length; i++) sum[i] += weight * values[i];
    }
}
