namespace UniVG.Finetuning.Evaluation.Vessels;

/// <summary>Convolution with a Gaussian or its derivatives, separable, borders repeated.</summary>
internal static class GaussianDerivative
{
    /// <summary>Derivatives of a smoothed plane: orders 0 to 2 along x and y.</summary>
    public static float[] Apply(float[] plane, int width, int height, double sigma, int orderX, int orderY)
    {
        var rows = AlongX(plane, width, height, Kernel(sigma, orderX));
        return Transpose(AlongX(Transpose(rows, width, height), height, width, Kernel(sigma, orderY)), height, width);
    }

    private static float[] Kernel(double sigma, int order)
    {
        var radius = (int)Math.Ceiling(3.5 * sigma);
        var kernel = new double[(2 * radius) + 1];
        for (var i = 0; i < kernel.Length; i++)
        {
            var x = (i - radius) / sigma;
            kernel[i] = Math.Exp(-x * x / 2) * order switch { 0 => 1, 1 => -x / sigma, _ => ((x * x) - 1) / (sigma * sigma) };
        }

        // A sampled second derivative does not sum to 0 by itself, and flat ground must give no response.
        if (order == 2)
        {
            var mean = kernel.Average();
            for (var i = 0; i < kernel.Length; i++) kernel[i] -= mean;
        }

        var scale = 1 / (Math.Sqrt(2 * Math.PI) * sigma);
        if (order == 0) scale = 1 / kernel.Sum();
        return [.. kernel.Select(k => (float)(k * scale))];
    }

    private static float[] AlongX(float[] plane, int width, int height, float[] kernel)
    {
        var radius = kernel.Length / 2;
        var (result, padded) = (new float[plane.Length], new float[width + (2 * radius)]);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < padded.Length; x++) padded[x] = plane[(y * width) + Math.Clamp(x - radius, 0, width - 1)];
            for (var x = 0; x < width; x++)
            {
                // Convolution turns the kernel around: d/dx must be positive where the plane rises.
                var sum = 0f;
                for (var k = 0; k < kernel.Length; k++) sum += padded[x + kernel.Length - 1 - k] * kernel[k];
                result[(y * width) + x] = sum;
            }
        }

        return result;
    }

    private static float[] Transpose(float[] plane, int width, int height)
    {
        var result = new float[plane.Length];
        for (var y = 0; y < height; y++)
        for (var x = 0; x < width; x++)
            result[(x * height) + y] = plane[(y * width) + x];
        return result;
    }
}
