namespace UniVG.Diffusion.Runtime;

/// <summary>Where libtorch was found and how it was loaded; what <c>#!univg doctor</c> prints.</summary>
/// <param name="LibtorchDirectory">The folder that holds libtorch.</param>
/// <param name="LibTorchSharpPath">The TorchSharp library that was loaded: the package's own file or the cured copy.</param>
/// <param name="IsPatched">Whether the libstdc++ cure (<see cref="LibTorchSharpPatch"/>) was needed.</param>
/// <param name="HasCudaLibraries">Whether this libtorch was built for CUDA.</param>
public sealed record TorchRuntimeInfo(string LibtorchDirectory, string LibTorchSharpPath, bool IsPatched, bool HasCudaLibraries);
