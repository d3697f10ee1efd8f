using System.Globalization;
using TorchSharp;

namespace UniVG.Diffusion.Runtime;

/// <summary>
/// How many threads one tensor operation uses. In a small model an operation takes microseconds, and threads that wait for each
/// other at its end cost more than they bring: univg-tiny trains three times as fast with one.
/// </summary>
public static class ComputeThreads
{
    private const string Variable = "OMP_NUM_THREADS";
    private const long SmallModelParameters = 50_000_000;
    private static readonly Lazy<int> Default = new(torch.get_num_threads);

    /// <summary>A sentence on threads that only wait for each other, or a wish that is none; null where all is well.</summary>
    public static string? Advice => AdviceOn(Environment.GetEnvironmentVariable(Variable), torch.get_num_threads(), Environment.ProcessorCount);

    /// <summary>Sets the number of threads for a model, unless the user set it with OMP_NUM_THREADS.</summary>
    /// <param name="parameterCount">The size of its UNet.</param>
    internal static void ChooseFor(long parameterCount)
    {
        if (IsCount(Environment.GetEnvironmentVariable(Variable), out _)) return;
        var usual = Default.Value;
        torch.set_num_threads(parameterCount < SmallModelParameters ? 1 : usual);
    }

    /// <summary>As <see cref="Advice"/>.</summary>
    /// <param name="asked">The variable's value.</param>
    /// <param name="used">Threads that libtorch uses.</param>
    /// <param name="processors">Processors of the machine.</param>
    internal static string? AdviceOn(string? asked, int used, int processors)
    {
        var change = $"set {Variable} to a number from 1 to {processors} before the kernel starts, or leave it out";
        if (used > processors) return $"libtorch uses {used} threads on {processors} processors, so that they wait for each other; {change}.";
        if (string.IsNullOrEmpty(asked)) return null;
        if (!IsCount(asked, out var count)) return $"{Variable} is '{asked}', which is no number of threads, and is ignored; {change}.";
        return count > processors ? $"{Variable} asks for {count} threads on {processors} processors, of which libtorch uses {used}; {change}." : null;
    }

    // OpenMP allows a list, one number for each level of nesting.
    private static bool IsCount(string? asked, out int count) =>
        int.TryParse((asked ?? "").Split(',')[0], NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out count) && count > 0;
}
