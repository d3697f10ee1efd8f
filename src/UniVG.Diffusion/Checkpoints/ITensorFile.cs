using static TorchSharp.torch;

namespace UniVG.Diffusion.Checkpoints;

/// <summary>Named tensors of a file in any format; opening one reads what it holds, not the values.</summary>
public interface ITensorFile : IDisposable
{
    /// <summary>Where the tensors come from, for messages.</summary>
    string Path { get; }

    /// <summary>All tensors by name, in the order of the file.</summary>
    IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>The text attached to the file, such as kohya's <c>ss_*</c> entries; empty where the format has none.</summary>
    IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>
    /// Reads one tensor as stored (its own dtype, on the CPU). Where possible it is a view of the memory-mapped file, copied on
    /// write: changing it never changes the file, and it outlives this object.
    /// </summary>
    /// <returns>A tensor owned by the caller and outside of any dispose scope.</returns>
    /// <exception cref="CheckpointException">There is no such tensor, or it cannot be read.</exception>
    Tensor Read(string name);
}
