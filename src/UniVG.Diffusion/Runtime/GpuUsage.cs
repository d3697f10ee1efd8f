namespace UniVG.Diffusion.Runtime;

/// <summary>What a GPU is used for at a moment, as NVIDIA's management library tells it.</summary>
/// <param name="ProcessBytes">Memory that the process asked about holds, libtorch's reserve and CUDA's own included; null where the driver does not tell.</param>
/// <param name="UsedBytes">Memory that all processes hold.</param>
/// <param name="TotalBytes">The GPU's memory.</param>
/// <param name="Utilization">Percent of the last moments in which something was computed.</param>
public sealed record GpuUsage(long? ProcessBytes, long UsedBytes, long TotalBytes, int Utilization)
{
    /// <summary>Memory that nobody holds.</summary>
    public long FreeBytes => TotalBytes - UsedBytes;

    /// <summary>Memory that other processes hold.</summary>
    public long OtherBytes => UsedBytes - (ProcessBytes ?? 0);
}
