namespace UniVG.Diffusion.Runtime;

/// <summary>Native code failed in a way that TorchSharp cannot pass on: the thread it ran on never comes back, nor the memory it used.</summary>
/// <param name="what">What native code said.</param>
public sealed class LostThreadException(string what) : UniVGException($"libtorch failed: {what.TrimEnd('.')}.");
