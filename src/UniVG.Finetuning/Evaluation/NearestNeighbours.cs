namespace UniVG.Finetuning.Evaluation;

/// <summary>The picture of a set that is most like a given one, by their layouts.</summary>
internal static class NearestNeighbours
{
    /// <summary>For each vector the most correlated one of a set, and 1 − their correlation.</summary>
    public static IReadOnlyList<(int Index, double Distance)> Find(IReadOnlyList<float[]> vectors, IReadOnlyList<float[]> set) =>
        [.. vectors.Select(vector => set.Select((other, i) => (Index: i, Distance: Math.Max(0, 1 - Dot(vector, other)))).MinBy(pair => pair.Distance))];

    private static double Dot(float[] a, float[] b)
    {
        var sum = 0.0;
        for (var k = 0; k < a.Length; k++) sum += a[k] * b[k];
        return sum;
    }
}
