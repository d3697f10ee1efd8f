using static TorchSharp.torch;

namespace UniVG.Diffusion.Checkpoints.Pickle;

/// <summary>A block of numbers outside of the pickle, named by it and read only when a tensor on it is.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="DType">The type of its elements.</param>
/// <param name="Count">The number of its elements.</param>
internal sealed record PickleStorage(string Key, ScalarType DType, long Count)
{
    /// <summary>Where this view begins in the storage of that name, in elements (legacy files only).</summary>
    public long ViewOffset { get; init; }
}
