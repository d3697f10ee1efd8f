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

    /// <summary>Where models compute: cpu, cuda or cuda:N.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>What models compute in; null takes fp32 on the CPU, the usual half precision on a GPU.</summary>
    public string? Precision { get; init; }

    /// <summary>Height and width of pictures in pixels, where a scenario has pictures; null takes its model's own.</summary>
    public int? Resolution { get; init; }

    /// <summary>The Python that runs the PyTorch counterparts.</summary>
    public string Python { get; init; } = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    /// <summary>The folder for models that several scenarios share, gone at the end.</summary>
    public string ModelFolder { get; init; } = "";
}
