using UniVG.Benchmarks.Files;
using UniVG.Benchmarks.Measuring;
using UniVG.Benchmarks.Models;
using UniVG.Benchmarks.PyTorch;
using UniVG.Diffusion.Checkpoints;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.State;
using static TorchSharp.torch;

namespace UniVG.Benchmarks.Scenarios;

/// <summary>Writing an adapter of SD 1.5's size, and the state of its run; the model itself is shapes only.</summary>
internal sealed class SaveAdapter(string kind) : IScenario
{
    public string Name => "save-" + kind;

    public string Summary => $"writing the {kind} of SD 1.5 at the default sizes: the fp16 .safetensors with its hashes, and the run's state";

    public int Repetitions => 7;

    public void Run(ScenarioRun run)
    {
        using var loaded = ShapesOnlyModel.Create(run.Options);
        using var dataset = new BenchmarkDataset(BenchmarkModel.Tiny.Side);
        using var adapter = new BenchmarkAdapter(loaded.Pipeline, kind);
        using var training = new FineTuningRun(loaded.Pipeline, dataset.Dataset, adapter.Network, new TrainingConfig());
        using var folder = new TemporaryFolder();
        var origin = RunOrigin.Of(new RunDefinition(), loaded, dataset.Dataset);
        var metadata = AdapterMetadata.Of(training, loaded.Name, "adapter");
        var (ourFile, theirFile) = (folder["ours.safetensors"], folder["theirs.safetensors"]);
        using var worker = PyTorchWorker.Start(run, "files.SaveAdapter", new { adapter = adapter.File });
        run.Alternate(
            new Variant("adapter, fp16 .safetensors", () => Save(() => AdapterFile.Save(adapter.Network, ourFile, ScalarType.Float16, metadata)))
            {
                Worker = worker, Turn = () => new { what = "adapter", path = theirFile },
            },
            new Variant("state of the run", () => Save(() => StateFolder.Write(folder["ours-state"], training, origin)))
            {
                Worker = worker, Turn = () => new { what = "state", path = folder["theirs-state"] },
            });
        run.Note($"{adapter.Network.ParameterCount} parameters; adapter {MiB(new FileInfo(ourFile).Length)}, state {MiB(SizeOf(folder["ours-state"]))}");
        if (worker is not null) run.Note($"the counterpart's adapter file {(HaveSameTensors(ourFile, theirFile) ? "holds the same bytes" : "DIFFERS")}, its state is of {MiB(SizeOf(folder["theirs-state"]))}");
    }

    private static double Save(Action save)
    {
        save();
        return 0;
    }

    private static string MiB(long bytes) => FormattableString.Invariant($"{bytes / 1048576.0:F0} MiB");

    private static long SizeOf(string folder) => new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length);

    private static bool HaveSameTensors(string path, string other)
    {
        using var scope = NewDisposeScope();
        using var ours = TensorFile.Open(path);
        using var theirs = TensorFile.Open(other);
        return ours.Tensors.Keys.ToHashSet().SetEquals(theirs.Tensors.Keys)
            && ours.Tensors.Keys.All(name => ours.Read(name).bytes.SequenceEqual(theirs.Read(name).bytes));
    }
}
