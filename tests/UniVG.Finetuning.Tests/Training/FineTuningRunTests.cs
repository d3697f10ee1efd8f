using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Loha;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Training;

namespace UniVG.Finetuning.Tests.Training;

/// <summary>Runs on the embedded model and a few plain images.</summary>
public sealed class FineTuningRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-run-").FullName;
    private readonly LoadedModel _model = ModelLoader.Load(ModelLoader.TinyName, new ModelOptions { Device = "cpu" });
    private readonly FineTuningDataset _dataset;

    public FineTuningRunTests()
    {
        var concept = Directory.CreateDirectory(Path.Combine(_folder, "3_red")).FullName;
        for (var i = 0; i < 3; i++)
        {
            var image = new RgbImage(64, 64);
            for (var p = 0; p < image.Pixels.Length; p += 3) image.Pixels[p] = (byte)(150 + (40 * i));
            ImageFile.SavePng(image, Path.Combine(concept, $"{i}.png"));
        }

        _dataset = DatasetFolder.Read(_folder, DatasetOptions.ForResolution(64, 64));
    }

    public void Dispose()
    {
        _model.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("lora")]
    [InlineData("loha")]
    public async Task Loss_on_plain_images_falls(string kind)
    {
        using var adapter = Attach(kind == "lora" ? new LoraConfig() : new LohaConfig());
        using var run = new FineTuningRun(_model.Pipeline, _dataset, adapter, new TrainingConfig { Steps = 40, LearningRate = 2e-3, Scheduler = "constant" });

        await run.RunToEndAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.True(run.IsFinished);
        Assert.Equal(40, run.History.Count);
        Assert.True(run.History.MeanLoss(10) < 0.8 * run.History.InitialLoss(10), $"{run.History.InitialLoss(10)} to {run.History.MeanLoss(10)}");
    }

    [Fact]
    public async Task Steps_taken_one_by_one_or_at_once_give_the_same_adapter()
    {
        var atOnce = await TrainAsync(run => run.StepAsync(6));
        var oneByOne = await TrainAsync(async run =>
        {
            for (var i = 0; i < 6; i++) await run.StepAsync(1);
        });

        Assert.Equal(atOnce.Losses, oneByOne.Losses);
        Assert.Equal(atOnce.Weights, oneByOne.Weights);
    }

    [Fact]
    public async Task Cancelled_run_stops_after_the_present_step_and_goes_on()
    {
        using var adapter = Attach(new LoraConfig { Dim = 2 });
        using var run = new FineTuningRun(_model.Pipeline, _dataset, adapter, new TrainingConfig { Steps = 10 });
        using var cancellation = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.RunToEndAsync(
            report =>
            {
                if (report.Step == 3) cancellation.Cancel();
            },
            cancellationToken: cancellation.Token));
        Assert.Equal(3, run.Step);

        await run.RunToEndAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(1, 10), run.History.Snapshot().Select(s => s.Step));
    }

    [Fact]
    public async Task Loss_that_is_no_number_stops_the_run_and_leaves_the_adapter_finite()
    {
        using var adapter = Attach(new LoraConfig { Dim = 2 });
        using var run = new FineTuningRun(
            _model.Pipeline, _dataset, adapter, new TrainingConfig { Steps = 30, LearningRate = 1e30, MaxGradientNorm = 0, Scheduler = "constant" });

        var e = await Assert.ThrowsAsync<UniVGException>(() => run.RunToEndAsync(cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains("no longer a number", e.Message, StringComparison.Ordinal);
        Assert.Equal(run.Step, run.History.Count);
    }

    [Fact]
    public void Epochs_decide_the_number_of_steps()
    {
        using var adapter = Attach(new LoraConfig { Dim = 2 });
        using var run = new FineTuningRun(_model.Pipeline, _dataset, adapter, new TrainingConfig { Steps = 7, Epochs = 2, BatchSize = 2 });

        // 3 images × 3 repeats = 9 samples = 5 batches of 2, the last one smaller.
        Assert.Equal(10, run.TotalSteps);
    }

    private AdapterNetwork Attach(AdapterConfig config) =>
        AdapterNetwork.Attach(config, _model.Pipeline.UNet.Weights.Layers, _model.Pipeline.TextEncoder.Weights.Layers, seed: 1);

    private async Task<(double[] Losses, float[] Weights)> TrainAsync(Func<FineTuningRun, Task> drive)
    {
        using var adapter = Attach(new LoraConfig { Dim = 2 });
        using var run = new FineTuningRun(_model.Pipeline, _dataset, adapter, new TrainingConfig { Steps = 6 });
        await drive(run);
        return ([.. run.History.Snapshot().Select(s => s.Loss)],
            [.. adapter.Adapters.SelectMany(a => a.Parameters.SelectMany(p => p.Tensor.detach().flatten().data<float>().ToArray()))]);
    }
}
