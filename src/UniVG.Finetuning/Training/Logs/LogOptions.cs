namespace UniVG.Finetuning.Training.Logs;

/// <summary>Which logs a run writes besides the table and the configuration next to its output.</summary>
public sealed record LogOptions
{
    /// <summary>The folder below which each run gets one for its TensorBoard files (kohya's logging_dir); null writes none.</summary>
    public string? Folder { get; init; }

    /// <summary>What the names of those folders begin with (kohya's log_prefix).</summary>
    public string Prefix { get; init; } = "";
}
