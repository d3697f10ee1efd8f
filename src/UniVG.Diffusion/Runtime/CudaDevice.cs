namespace UniVG.Diffusion.Runtime;

/// <summary>One GPU.</summary>
/// <param name="Index">Its number, as in <c>cuda:0</c>.</param>
/// <param name="Name">Its product name.</param>
/// <param name="ComputeCapability">Its generation, for example 9.0.</param>
/// <param name="MemoryBytes">Its memory in bytes.</param>
public sealed record CudaDevice(int Index, string Name, Version ComputeCapability, long MemoryBytes);
