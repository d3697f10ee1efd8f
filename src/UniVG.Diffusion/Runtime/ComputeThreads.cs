using TorchSharp;

namespace UniVG.Diffusion.Runtime;

/// <summary>
/// How many threads one tensor operation uses. In a small model an operation takes microseconds, and threads that wait for each
/// other at its end cost more than they bring: univg-tiny trains three times as fast with one.
/// </summary>
internal static class ComputeThreads
{
    private const long SmallModelParameters = 50_000_000;
    private static readonly Lazy<int> Default = new(torch.get_num_threads);

    /// <summary>Sets the number of threads for a model, unless the user set it with OMP_NUM_THREADS.</summary>
    /// <param name="parameterCount">The size of its UNet.</param>
    public static void ChooseFor(long parameterCount)
    {
        if (Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is { Length: > 0 }) return;
        var usual = Default.Value;
        torch.set_num_threads(parameterCount < SmallModelParameters ? 1 : usual);
    }
}
