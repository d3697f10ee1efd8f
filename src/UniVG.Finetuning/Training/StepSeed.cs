namespace UniVG.Finetuning.Training;

/// <summary>
/// Seeds that belong to a place in a run rather than to its past: step n of a run with seed s draws the same noise whether the run
/// came there in one go, by single steps, or after being resumed. No random state has to be saved.
/// </summary>
internal static class StepSeed
{
    /// <summary>A well-mixed, non-negative seed for item <paramref name="index"/> (Steele et al. 2014, SplitMix64).</summary>
    public static long Of(long seed, long index)
    {
        unchecked
        {
            var z = (ulong)seed + ((ulong)(index + 1) * 0x9E3779B97F4A7C15UL);
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return (long)((z ^ (z >> 31)) >> 1);
        }
    }
}
