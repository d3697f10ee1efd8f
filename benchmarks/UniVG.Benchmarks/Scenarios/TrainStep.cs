using UniVG.Benchmarks.Measuring;
using UniVG.Benchmarks.Models;
using UniVG.Benchmarks.PyTorch;
using UniVG.Finetuning.Training;

namespace UniVG.Benchmarks.Scenarios;

/// <summary>One training step with everything around it, text encoder trained too.</summary>
internal sealed class TrainStep(BenchmarkModel model, string kind) : IScenario
{
    public string Name => $"train-{model.Name}-{kind}";

    public string Summary => $"one training step of the guide's {kind} configuration on {model.Title}, {model.Side} pixels";

    public int Repetitions => model == BenchmarkModel.Tiny ? 30 : 3;

    public int WarmUps => model.WarmUps;

    public void Run(ScenarioRun run)
    {
        using var loaded = model.Load(run.Options);
        using var dataset = new BenchmarkDataset(model.SideIn(run.Options));
        using var adapter = new BenchmarkAdapter(loaded.Pipeline, kind);
        var config = kind == "loha" ? TrainingConfig.Loha : new TrainingConfig();
        using var training = new FineTuningRun(loaded.Pipeline, dataset.Dataset, adapter.Network, config);
        training.StepAsync(0).Wait(); // encodes the image
        run.Note($"{adapter.Network.Adapters.Count} modules, {adapter.Network.ParameterCount} parameters");
        using var worker = PyTorchWorker.Start(run, "tasks.TrainingStep", new
        {
            model = model.Folder(run.Options),
            adapter = adapter.File,
            kind,
            unet_lr = config.LearningRate,
            text_lr = config.TextEncoderLearningRate,
            tokens = loaded.Pipeline.Tokenizer.EncodeChunks(BenchmarkDataset.Caption, 1),
            batch = config.BatchSize,
            latents = dataset.LatentFolder,
            scaling_factor = loaded.Pipeline.ScalingFactor,
            alphas_cumprod = loaded.Pipeline.Schedule.AlphasCumprod,
        });
        StepReport? last = null;
        run.Alternate(new Variant($"{kind}, batch {config.BatchSize}", Step)
        {
            Worker = worker,
            Turn = () => new { seed = StepSeed.Of(config.Seed, last!.Step - 1), rates = (double[])[last.LearningRate, last.TextEncoderLearningRate] },
        });

        double Step()
        {
            training.StepAsync(1, report => last = report).Wait();
            return last!.Loss;
        }
    }
}
