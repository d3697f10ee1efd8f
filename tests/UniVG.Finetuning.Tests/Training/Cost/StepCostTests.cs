using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Loha;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.Cost;
using UniVG.TestSupport;

namespace UniVG.Finetuning.Tests.Training.Cost;

/// <summary>What is estimated before the first step, on the embedded model and eight images.</summary>
public sealed class StepCostTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-cost-").FullName;
    private readonly LoadedModel _model = ModelLoader.Load(ModelLoader.TinyName, new ModelOptions { Device = TestDevice.Name });

    public StepCostTests()
    {
        var concept = Directory.CreateDirectory(Path.Combine(_folder, "1_modality")).FullName;
        for (var i = 0; i < 8; i++) ImageFile.SavePng(new RgbImage(64, 64), Path.Combine(concept, $"{i}.png"));
    }

    public void Dispose()
    {
        _model.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_batch_larger_than_the_dataset_costs_as_much_as_the_whole_dataset()
    {
        var (whole, more) = (await CostAsync(new TrainingConfig { BatchSize = 8 }), await CostAsync(new TrainingConfig { BatchSize = 4096 }));
        Assert.Equal(whole.Bytes, more.Bytes);
        Assert.True(whole.Bytes > 1.5 * (await CostAsync(new TrainingConfig { BatchSize = 2 })).Bytes);
    }

    [Fact]
    public async Task Batches_that_one_step_gathers_take_their_time_together_and_their_memory_in_turn()
    {
        var (one, eight) = (await CostAsync(new TrainingConfig { BatchSize = 1 }), await CostAsync(new TrainingConfig { BatchSize = 1, GradientAccumulationSteps = 8 }));
        Assert.Equal(one.Bytes, eight.Bytes);
        Assert.Equal(8, eight.Flops / one.Flops, 6);
    }

    [Theory]
    [InlineData(64, 64)]
    [InlineData(72, 88)]
    [InlineData(200, 64)]
    public async Task Any_resolution_and_kind_of_adapter_has_an_estimate(int width, int height)
    {
        foreach (var adapter in new AdapterConfig[] { new LoraConfig { Dim = 2 }, new LohaConfig { Dim = 2 } })
        {
            var cost = await CostAsync(new TrainingConfig { GradientCheckpointing = true }, adapter, width, height);
            Assert.True(cost is { Seconds: > 0, Bytes: > 0, IsTooLarge: false } && double.IsFinite(cost.Seconds), $"{cost}");
        }
    }

    [Theory]
    [InlineData("lora")]
    [InlineData("loha")]
    public async Task What_is_tried_out_for_the_estimate_leaves_no_trace_in_the_run(string kind)
    {
        var (plain, estimated) = (await LossesAsync(kind, estimates: false), await LossesAsync(kind, estimates: true));
        Assert.Equal(plain, estimated);
    }

    private async Task<IReadOnlyList<double>> LossesAsync(string kind, bool estimates)
    {
        using var network = AdapterNetwork.Attach(
            KnownAdapters.Of(kind).Defaults(), _model.Pipeline.UNet.Weights.Layers, _model.Pipeline.TextEncoder.Weights.Layers, seed: 1);
        network.Multiplier = 0; // what samples show; training has its own strength

        // So many steps that one is tried out.
        using var run = new FineTuningRun(_model.Pipeline, DatasetFolder.Read(_folder, DatasetOptions.ForResolution(64, 64)), network, new TrainingConfig { Steps = 1_000_000 });
        if (estimates) Assert.True((await run.EstimateCostAsync()).Seconds > 0);
        await run.StepAsync(3);
        return [.. run.History.Snapshot().Select(report => report.Loss)];
    }

    private async Task<StepCost> CostAsync(TrainingConfig config, AdapterConfig? adapter = null, int width = 64, int height = 64)
    {
        using var network = AdapterNetwork.Attach(
            adapter ?? new LoraConfig { Dim = 2 }, _model.Pipeline.UNet.Weights.Layers, _model.Pipeline.TextEncoder.Weights.Layers, seed: 1);
        using var run = new FineTuningRun(_model.Pipeline, DatasetFolder.Read(_folder, DatasetOptions.ForResolution(width, height)), network, config);
        return await run.EstimateCostAsync();
    }
}
