namespace UniVG.Benchmarks.Files;

/// <summary>
/// Writes a single-precision .ckpt of random numbers as PyTorch Lightning does (format: PyTorch, <c>torch/serialization.py</c>),
/// without holding it in memory.
/// </summary>
internal static class TorchCheckpointBytes
{
    public static void Write(string path, IReadOnlyList<TensorSpec> tensors)
    {
        using var zip = new StoredZip(File.Create(path));
        var pickle = new PickleWriter();
        pickle.StateDict(tensors);
        zip.Add("archive/data.pkl", pickle.Length, pickle.CopyTo);

        var random = new RandomBytes();
        for (var i = 0; i < tensors.Count; i++)
        {
            var bytes = 4 * tensors[i].Count;
            zip.Add($"archive/data/{i}", bytes, stream => random.Write(stream, bytes));
        }

        zip.Add("archive/version", 2, stream => stream.Write("3\n"u8));
    }
}
