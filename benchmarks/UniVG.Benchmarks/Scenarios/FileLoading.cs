using System.Globalization;
using UniVG.Benchmarks.Measuring;
using UniVG.Benchmarks.PyTorch;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Weights;
using static TorchSharp.torch;

namespace UniVG.Benchmarks.Scenarios;

/// <summary>Ways to bring a checkpoint's bytes to where they can be used, and plain reading to compare them with.</summary>
internal static class FileLoading
{
    private const int PageBytes = 4096;
    private const int BufferBytes = 1 << 20;

    /// <summary>Measures all ways on one file, which the warm-up leaves in the page cache.</summary>
    /// <param name="run">Takes the measurements.</param>
    /// <param name="path">The file.</param>
    /// <param name="dtype">The type its weights are stored in.</param>
    public static void Measure(ScenarioRun run, string path, ScalarType dtype)
    {
        run.Note(string.Create(CultureInfo.InvariantCulture, $"file of {new FileInfo(path).Length / 1048576.0:F0} MiB, {dtype}, page cache warm"));
        using var worker = PyTorchWorker.Start(run, "files.LoadFile", new { path });

        // torch.load has everything in memory when it has opened a file.
        var mapping = path.EndsWith(".safetensors", StringComparison.Ordinal) ? worker : null;
        run.Alternate(
            new Variant("read the file sequentially (1 MiB buffer)", () => ReadSequentially(path)),
            new Variant("open", () => Open(path)) { Worker = mapping, Turn = () => new { what = "open" } },
            new Variant("open, touch every page of every tensor", () => TouchPages(path)) { Worker = mapping, Turn = () => new { what = "touch" } },
            new Variant("open, load as a model's weights (NaN check)", () => LoadWeights(path, dtype)) { Worker = worker, Turn = () => new { what = "load" } });
    }

    private static double ReadSequentially(string path)
    {
        using var handle = File.OpenHandle(path, options: FileOptions.SequentialScan);
        var buffer = new byte[BufferBytes];
        for (long offset = 0; RandomAccess.Read(handle, buffer, offset) is var read and > 0;) offset += read;
        return 0;
    }

    private static double Open(string path)
    {
        using var file = TensorFile.Open(path);
        return file.Tensors.Count;
    }

    private static double TouchPages(string path)
    {
        using var file = TensorFile.Open(path);
        long sum = 0;
        foreach (var name in file.Tensors.Keys)
        {
            using var tensor = file.Read(name);
            var bytes = tensor.bytes;
            for (var i = 0; i < bytes.Length; i += PageBytes) sum += bytes[i];
        }

        return sum;
    }

    // All weights are held until the end, as a model holds them.
    private static double LoadWeights(string path, ScalarType dtype)
    {
        using var file = TensorFile.Open(path);
        var source = new CheckpointWeights(file, dtype: dtype);
        var weights = file.Tensors.Select(t => source.Take(t.Key, [.. t.Value.Shape], WeightInit.Zeros)).ToList();
        source.Report.ThrowIfIncomplete();
        foreach (var weight in weights) weight.Dispose();
        return weights.Count;
    }
}
