using UniVG.Diffusion.Checkpoints.Pickle;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Checkpoints;

/// <summary>
/// A <c>.ckpt</c>, <c>.pt</c> or <c>.bin</c> file of <c>torch.save</c>, in the zip format or the older one. Its pickle is read, never
/// run: <c>torch.load</c> would execute what the file asks for. Weights are read when they are asked for, optimizer states never.
/// </summary>
public sealed class TorchCheckpointFile : ITensorFile
{
    private readonly ITorchStorages _storages;
    private readonly IReadOnlyDictionary<string, PickleTensor> _tensors;

    private TorchCheckpointFile(string path, ITorchStorages storages, StateDict contents, IReadOnlyCollection<string> foreign)
    {
        Path = path;
        _storages = storages;
        _tensors = contents.Tensors;
        Metadata = contents.Metadata;
        ForeignTypes = foreign;
        Tensors = new OrderedDictionary<string, TensorInfo>(
            _tensors.Select(t => KeyValuePair.Create(t.Key, new TensorInfo(t.Value.Storage.DType, t.Value.Size))));
    }

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>The plain values beside the weights, such as <c>epoch</c> and <c>global_step</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Python classes and functions that the file names and that were left alone, such as Lightning's callbacks.</summary>
    public IReadOnlyCollection<string> ForeignTypes { get; }

    /// <summary>Whether it is in the zip format (PyTorch 1.6 and later).</summary>
    public bool IsZip => _storages is TorchZipFile;

    /// <summary>Opens a file and reads its pickle; no weights are read.</summary>
    /// <exception cref="CheckpointException">It is damaged, holds no tensors, or its pickle asks for something dangerous.</exception>
    public static TorchCheckpointFile Open(string path)
    {
        ITorchStorages? storages = null;
        try
        {
            var fullPath = System.IO.Path.GetFullPath(path);
            var (root, foreign, opened) = TorchZipFile.Recognises(fullPath) ? TorchZipFile.Open(fullPath) : TorchLegacyFile.Open(fullPath);
            storages = opened;
            return Create(fullPath, StateDict.Find(root), foreign, opened);
        }
        catch (Exception e)
        {
            storages?.Dispose();
            if (e is not (IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException)) throw;
            throw new CheckpointException($"'{path}' cannot be opened: {e.Message.TrimEnd('.')}.", path, innerException: e);
        }
    }

    /// <inheritdoc/>
    public Tensor Read(string name)
    {
        if (!_tensors.TryGetValue(name, out var tensor)) throw new CheckpointException($"'{Path}' holds no tensor '{name}'.", Path, name);
        using var noGrad = no_grad();
        using var flat = ReadStorage(name, tensor);
        return flat.as_strided([.. tensor.Size], [.. tensor.Stride], flat.storage_offset()).DetachFromDisposeScope();
    }

    /// <summary>Lets go of the file; tensors that were read stay valid.</summary>
    public void Dispose() => _storages.Dispose();

    private Tensor ReadStorage(string name, PickleTensor tensor)
    {
        try
        {
            return _storages.Read(tensor.Storage, tensor.Offset, tensor.Extent);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new CheckpointException($"The tensor '{name}' of '{Path}' cannot be read: {e.Message.TrimEnd('.')}.", Path, name, e);
        }
    }

    private static TorchCheckpointFile Create(string path, StateDict contents, IReadOnlyCollection<string> foreign, ITorchStorages storages)
    {
        if (contents.Tensors.Count == 0)
        {
            throw new CheckpointException(
                $"'{path}' holds no tensors by name" + (foreign.Count == 0 ? "." : $", only foreign objects that are not run " +
                $"({CheckpointLoadReport.FirstFew(foreign)}); save the model's state_dict instead."), path);
        }

        var bytes = new FileInfo(path).Length;
        foreach (var (name, tensor) in contents.Tensors)
        {
            storages.Check(tensor.Storage);
            if (new TensorInfo(tensor.Storage.DType, tensor.Size).Count > bytes)
            {
                throw new CheckpointException(
                    $"'{path}' claims a tensor '{name}' of {TensorInfo.Describe(tensor.Size)}, more elements than it has bytes.", path, name);
            }
        }

        return new TorchCheckpointFile(path, storages, contents, foreign);
    }
}
