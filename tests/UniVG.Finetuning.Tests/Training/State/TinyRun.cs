using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Training;
using UniVG.TestSupport;
using UniVG.Finetuning.Training.Logs;
using UniVG.Finetuning.Training.State;

namespace UniVG.Finetuning.Tests.Training.State;

/// <summary>A folder with a few plain images, and runs of the embedded model on them.</summary>
internal sealed class TinyRun : IDisposable
{
    public TinyRun()
    {
        for (var i = 0; i < 3; i++) WriteImage($"{i}.png", (byte)(150 + (40 * i)));
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("univg-state-").FullName;

    public string DatasetFolder => Path.Combine(Folder, "dataset");

    public RunFiles Files => new(Path.Combine(Folder, "output"), "a");

    public LoadedModel Model { get; } = ModelLoader.Load(ModelLoader.TinyName, new ModelOptions { Device = TestDevice.Name });

    public void WriteImage(string name, byte level)
    {
        var image = new RgbImage(64, 64);
        for (var p = 0; p < image.Pixels.Length; p += 3) image.Pixels[p] = level;
        ImageFile.SavePng(image, Path.Combine(Directory.CreateDirectory(Path.Combine(DatasetFolder, "3_red")).FullName, name));
    }

    public FineTuningDataset ReadDataset() => UniVG.Finetuning.Data.DatasetFolder.Read(DatasetFolder, DatasetOptions.ForResolution(64, 64));

    /// <summary>A new run and what keeps it; the caller disposes run and adapter.</summary>
    public (FineTuningRun Run, RunKeeper Keeper) Begin(AdapterConfig adapter, TrainingConfig training, SaveSchedule? saves = null, LogOptions? logs = null)
    {
        var dataset = ReadDataset();
        var network = AdapterNetwork.Attach(adapter, Model.Pipeline.UNet.Weights.Layers, Model.Pipeline.TextEncoder.Weights.Layers, training.Seed);
        return Keep(new FineTuningRun(Model.Pipeline, dataset, network, training), adapter, saves, logs);
    }

    /// <summary>A new run that trains the adapter of a file further.</summary>
    public (FineTuningRun Run, RunKeeper Keeper) Begin(string adapterFile, TrainingConfig training)
    {
        var network = AdapterFile.Load(adapterFile, Model.Pipeline.UNet.Weights.Layers, Model.Pipeline.TextEncoder.Weights.Layers);
        return Keep(new FineTuningRun(Model.Pipeline, ReadDataset(), network, training), network.Config, saves: null, logs: null);
    }

    /// <summary>The run of the newest state.</summary>
    public (FineTuningRun Run, RunKeeper Keeper) Resume(SaveSchedule? saves = null, LogOptions? logs = null)
    {
        var run = RunResumption.Resume(Model, ReadDataset(), StateSearch.FindNewest(Files.Folder).Found);
        return Keep(run, run.Adapter.Config, saves, logs);
    }

    /// <summary>The values of all trained tensors, in order; then the run and its adapter are disposed.</summary>
    public static float[] Finish((FineTuningRun Run, RunKeeper Keeper) kept)
    {
        float[] values = [.. kept.Run.Adapter.Adapters.SelectMany(a => a.Parameters.SelectMany(p => p.Tensor.detach().flatten().cpu().data<float>().ToArray()))];
        kept.Keeper.Dispose();
        kept.Run.Dispose();
        kept.Run.Adapter.Dispose();
        return values;
    }

    public void Dispose()
    {
        Model.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private (FineTuningRun Run, RunKeeper Keeper) Keep(FineTuningRun run, AdapterConfig adapter, SaveSchedule? saves, LogOptions? logs) => (run, RunKeeper.Attach(run, Model, new RunDefinition
    {
        ModelPath = ModelLoader.TinyName,
        DatasetPath = DatasetFolder,
        Dataset = run.Dataset.Options,
        Adapter = adapter,
        AdapterSeed = run.Config.Seed,
        Training = run.Config,
        Files = Files,
        Saves = saves ?? new SaveSchedule(),
        Logs = logs ?? new LogOptions(),
    }));
}
