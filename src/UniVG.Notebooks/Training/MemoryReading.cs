using UniVG.Finetuning.Training;

namespace UniVG.Notebooks.Training;

/// <summary>How much memory training takes, as the panel shows it.</summary>
/// <param name="Name">Which memory: that of the device the run computes on.</param>
/// <param name="Bytes">In bytes; 0 where it cannot be read.</param>
internal readonly record struct MemoryReading(string Name, long Bytes)
{
    /// <summary>The memory in use now: the process' resident set. Called a few times a second, off the training thread.</summary>
    public static MemoryReading Of(FineTuningRun run) => new("memory", Environment.WorkingSet);
}
