namespace UniVG.Benchmarks;

/// <summary>What the command line may change.</summary>
internal sealed record BenchmarkOptions
{
    /// <summary>Size of the checkpoint files that loading is measured with.</summary>
    public int SizeMb { get; init; } = 2000;

    /// <summary>Timed repetitions; null takes the scenario's own number.</summary>
    public int? Repetitions { get; init; }

    /// <summary>Threads of libtorch; null takes its default, the number of cores.</summary>
    public int? Threads { get; init; }
}
