namespace UniVG.Diffusion.Runtime;

/// <summary>What NVIDIA's driver reports of this machine.</summary>
/// <param name="Version">The newest CUDA version the driver supports; null without a driver.</param>
/// <param name="Devices">The GPUs, in the driver's order.</param>
/// <param name="Problem">Why there are none, or null.</param>
public sealed record CudaDriverInfo(Version? Version, IReadOnlyList<CudaDevice> Devices, string? Problem)
{
    internal static CudaDriverInfo Absent(string problem) => new(null, [], problem);
}
