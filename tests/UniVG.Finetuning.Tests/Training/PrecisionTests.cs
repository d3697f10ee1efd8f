using TorchSharp;
using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Loha;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Training;
using UniVG.TestSupport;

namespace UniVG.Finetuning.Tests.Training;

/// <summary>The same steps in half precision, and with less memory.</summary>
public sealed class PrecisionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-precision-").FullName;
    private readonly FineTuningDataset _dataset;

    public PrecisionTests()
    {
        var concept = Directory.CreateDirectory(Path.Combine(_folder, "1_red")).FullName;
        for (var i = 0; i < 2; i++)
        {
            var image = new RgbImage(64, 64);
            for (var p = 0; p < image.Pixels.Length; p += 3) image.Pixels[p] = (byte)(150 + (40 * i));
            ImageFile.SavePng(image, Path.Combine(concept, $"{i}.png"));
        }

        _dataset = DatasetFolder.Read(_folder, DatasetOptions.ForResolution(64, 64));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("bf16", "lora")]
    [InlineData("bf16", "loha")]
    [InlineData("fp16", "lora")]
    public async Task Half_precision_learns_about_what_full_precision_does(string precision, string kind)
    {
        var full = await TrainAsync("fp32", kind, new TrainingConfig());
        var half = await TrainAsync(precision, kind, new TrainingConfig());

        Assert.All(full.Losses.Zip(half.Losses), pair => Assert.Equal(pair.First, pair.Second, 0.03 * pair.First));
        Assert.Equal(precision == "fp16", half.IsScaled);
        Assert.Equal(torch.ScalarType.Float32, half.AdapterType);
        Assert.NotEqual(full.Losses, half.Losses);
    }

    [Theory]
    [InlineData("lora", 0.0)]
    [InlineData("lora", 0.3)]
    [InlineData("loha", 0.0)]
    public async Task Checkpointing_takes_the_same_steps(string kind, double dropout)
    {
        var plain = await TrainAsync("fp32", kind, new TrainingConfig(), dropout);
        var again = await TrainAsync("fp32", kind, new TrainingConfig { GradientCheckpointing = true }, dropout);

        // Where a tensor has several users their gradients are added in another order, which is all that differs.
        Assert.Equal(plain.Losses[0], again.Losses[0]);
        Assert.All(plain.Losses.Zip(again.Losses), pair => Assert.Equal(pair.First, pair.Second, 2e-6 * pair.First));
        var apart = plain.Weights.Zip(again.Weights, (a, b) => (double)(a - b) * (a - b)).Average();
        Assert.True(Math.Sqrt(apart) < 1e-5 * Math.Sqrt(plain.Weights.Average(w => (double)w * w)), $"{Math.Sqrt(apart)}");
    }

    private async Task<(double[] Losses, float[] Weights, bool IsScaled, torch.ScalarType AdapterType)> TrainAsync(
        string precision, string kind, TrainingConfig config, double dropout = 0)
    {
        using var model = ModelLoader.Load(ModelLoader.TinyName, new ModelOptions { Device = TestDevice.Name, Precision = precision });
        AdapterConfig adapterConfig = kind == "lora"
            ? new LoraConfig { Dim = 4, Dropout = dropout, RankDropout = dropout / 3, ModuleDropout = dropout / 3 }
            : new LohaConfig { Dim = 4, Dropout = dropout };
        using var adapter = AdapterNetwork.Attach(adapterConfig, model.Pipeline.UNet.Weights.Layers, model.Pipeline.TextEncoder.Weights.Layers, seed: 1);
        using var run = new FineTuningRun(model.Pipeline, _dataset, adapter, config with { Steps = 4, LearningRate = 1e-3, Scheduler = "constant" });
        await run.RunToEndAsync(cancellationToken: TestContext.Current.CancellationToken);
        var parameters = adapter.Adapters.SelectMany(a => a.Parameters.Select(p => p.Tensor)).ToList();
        return (
            [.. run.History.Snapshot().Select(s => s.Loss)], [.. parameters.SelectMany(p => p.detach().flatten().cpu().data<float>().ToArray())],
            run.LossScaler is not null, parameters[0].dtype);
    }
}
