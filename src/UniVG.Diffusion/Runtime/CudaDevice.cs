namespace UniVG.Diffusion.Runtime;

/// <summary>One GPU.</summary>
/// <param name="Index">Its number, as in <c>cuda:0</c>.</param>
/// <param name="Name">Its product name.</param>
/// <param name="ComputeCapability">Its generation, for example 9.0.</param>
/// <param name="MemoryBytes">Its memory in bytes.</param>
/// <param name="Uuid">What NVIDIA's tools call it, such as <c>GPU-2f0c…</c>; null where the driver does not tell.</param>
public sealed record CudaDevice(int Index, string Name, Version ComputeCapability, long MemoryBytes, string? Uuid = null);
