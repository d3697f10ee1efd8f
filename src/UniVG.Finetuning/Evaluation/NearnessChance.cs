namespace UniVG.Finetuning.Evaluation;

/// <summary>
/// How probable it is that so many samples are nearer than the k-th nearest held-out picture if both were of one kind: then every
/// order of the distances is as probable as any other, and the count follows the negative hypergeometric distribution.
/// </summary>
public static class NearnessChance
{
    /// <summary>The probability of at least <paramref name="near"/> near samples.</summary>
    /// <param name="samples">Number of samples.</param>
    /// <param name="heldOut">Number of held-out pictures.</param>
    /// <param name="k">Which held-out picture sets the limit, from 1, the nearest, on.</param>
    /// <param name="near">Number of samples nearer than it.</param>
    public static double OfAtLeast(int samples, int heldOut, int k, int near)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, heldOut);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(near, samples);
        if (near <= 0) return 1;

        // So many come before the k-th held-out picture just when at most k − 1 of the first near + k − 1 are held out.
        var first = near + k - 1;
        var all = LogChoose(samples + heldOut, first);
        return Math.Min(1, Enumerable.Range(0, k).Where(j => first - j <= samples)
            .Sum(j => Math.Exp(LogChoose(heldOut, j) + LogChoose(samples, first - j) - all)));
    }

    private static double LogChoose(int n, int k) => LogFactorial(n) - LogFactorial(k) - LogFactorial(n - k);

    private static double LogFactorial(int n) => Enumerable.Range(1, n).Sum(i => Math.Log(i));
}
