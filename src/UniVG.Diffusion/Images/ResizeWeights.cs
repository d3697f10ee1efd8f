namespace UniVG.Diffusion.Images;

/// <summary>What one target pixel takes from a row of source pixels.</summary>
/// <param name="First">The first source pixel.</param>
/// <param name="Weights">Weights of the source pixels from there on; their sum is 1.</param>
internal readonly record struct ResizeWeights(int First, float[] Weights)
{
    /// <summary>Weights of the source pixels from <paramref name="first"/> to before <paramref name="end"/>.</summary>
    public static ResizeWeights Normalized(int first, int end, Func<int, double> weightOf)
    {
        var raw = new double[end - first];
        var sum = 0.0;
        for (var k = 0; k < raw.Length; k++) sum += raw[k] = weightOf(first + k);
        var weights = new float[raw.Length];
        for (var k = 0; k < raw.Length; k++) weights[k] = (float)(raw[k] / sum);
        return new ResizeWeights(first, weights);
    }
}
