using UniVG.Finetuning.Synthesis;

namespace UniVG.Finetuning.Tests.Evaluation;

/// <summary>Features drawn from known distributions.</summary>
internal static class Features
{
    /// <summary>Independent, close to normal, deviation 1.</summary>
    public static double[][] Normal(int count, int dimensions, int seed, double mean = 0)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, dimensions).Select(_ => mean + random.NextGaussian()).ToArray())];
    }
}
