using UniVG.Benchmarks.Measuring;
using UniVG.Benchmarks.Models;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.Losses;
using UniVG.Finetuning.Training.Noise;
using UniVG.Finetuning.Training.Optimizers;
using static TorchSharp.torch;

namespace UniVG.Benchmarks.Scenarios;

/// <summary>
/// What a run adds to the tensor operations of its steps: its thread, batches, captions, latents, rates, history, reports, the pauses of
/// the finalizers. It is the difference between the two rows.
/// </summary>
internal sealed class StepOverhead : IScenario
{
    public string Name => "step-overhead-tiny";

    public string Summary => "a LoRA step of a run on the embedded model, and its tensor operations alone";

    public int Repetitions => 60;

    public int WarmUps => 40;

    public void Run(ScenarioRun run)
    {
        using var loaded = BenchmarkModel.Tiny.Load(run.Options);
        var model = loaded.Pipeline;
        using var dataset = new BenchmarkDataset(BenchmarkModel.Tiny.Side);
        using var adapter = new BenchmarkAdapter(model, "lora");
        var config = new TrainingConfig();
        using var training = new FineTuningRun(model, dataset.Dataset, adapter.Network, config);

        var groups = new ParameterGroups(adapter.Network, config);
        groups.SetRates(config, factor: 1);
        using var optimizer = new AdamW(groups.All);
        using var loss = new DiffusionLoss(model.Schedule, config, model.Device);
        var noise = new TrainingNoise(config);
        using var latents = zeros(config.BatchSize, model.Vae.Config.LatentChannels, model.UNet.Config.SampleSize, model.UNet.Config.SampleSize);
        run.Alternate(("step of a run", () => training.StepAsync(1).Wait()), ("its tensor operations", Bare));

        void Bare()
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator(1);
            var context = model.EncodePrompts([.. Enumerable.Repeat(BenchmarkDataset.Caption, config.BatchSize)]);
            var (target, _, timesteps) = noise.Draw(latents, model.Schedule.Count, generator, new Random(1));
            var predicted = model.UNet.Forward(model.Schedule.AddNoise(latents, target, timesteps), timesteps, context);
            var value = loss.Compute(predicted, target, timesteps);
            value.backward();
            GradientClipping.Clip(groups.All.SelectMany(group => group.Parameters), config.MaxGradientNorm);
            optimizer.Step();
            optimizer.ZeroGradients();
        }
    }
}
