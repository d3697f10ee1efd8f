using static TorchSharp.torch;

namespace UniVG.Diffusion.Checkpoints;

/// <summary>Tensors in memory, seen as a file: weights that were trained here, or a test's.</summary>
/// <param name="tensors">The tensors by name; they stay the caller's and must live as long as this object.</param>
/// <param name="path">What to call them in messages.</param>
public sealed class TensorTable(IReadOnlyDictionary<string, Tensor> tensors, string path = "(in memory)") : ITensorFile
{
    /// <inheritdoc/>
    public string Path => path;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; } =
        new OrderedDictionary<string, TensorInfo>(tensors.Select(t => KeyValuePair.Create(t.Key, new TensorInfo(t.Value.dtype, t.Value.shape))));

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    public Tensor Read(string name) => tensors.TryGetValue(name, out var tensor)
        ? tensor.detach().DetachFromDisposeScope()
        : throw new CheckpointException($"'{path}' holds no tensor '{name}'.", path, name);

    /// <summary>Nothing to let go of: the tensors are the caller's.</summary>
    public void Dispose()
    {
    }
}
