using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Loha;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Training;
using UniVG.TestSupport;

namespace UniVG.Finetuning.Tests.Training;

/// <summary>Runs on the embedded model and a few plain images.</summary>
public sealed class FineTuningRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-run-").FullName;
    private readonly LoadedModel _model = ModelLoader.Load(ModelLoader.TinyName, new ModelOptions { Device = TestDevice.Name });
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
    public async Task Independent_runs_with_one_seed_are_bit_identical_whatever_is_drawn_by_chance()
    {
        var config = new TrainingConfig
        {
            Steps = 3, GradientAccumulationSteps = 2, Optimizer = "AdamW8bit", OptimizerArguments = ["min_8bit_size=0"], LearningRate = 1e-3, LossType = "huber",
            MultiresNoiseIterations = 4, IpNoiseGamma = 0.1, IpNoiseGammaRandomStrength = true, LoraPlusRatio = 4,
        };
        var first = await TrainAsync(run => run.RunToEndAsync(), config);
        var second = await TrainAsync(run => run.RunToEndAsync(), config);
        var other = await TrainAsync(run => run.RunToEndAsync(), config with { Seed = 7 });

        Assert.Equal(first.Losses, second.Losses);
        Assert.Equal(first.Weights, second.Weights);
        Assert.NotEqual(first.Losses, other.Losses);
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
    public async Task All_steps_are_taken_on_one_thread_which_ends_with_the_run_and_what_fails_there_fails_the_call()
    {
        using var adapter = Attach(new LoraConfig { Dim = 2 });
        using var run = new FineTuningRun(_model.Pipeline, _dataset, adapter, new TrainingConfig { Steps = 5 });
        var threads = new HashSet<Thread>();
        for (var i = 0; i < 2; i++) await run.StepAsync(1, _ => threads.Add(Thread.CurrentThread), cancellationToken: TestContext.Current.CancellationToken);

        // Waiting for itself it would never end.
        var e = await Assert.ThrowsAsync<UniVGException>(() => run.RunToEndAsync(_ => run.Dispose(), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains("cannot replace or dispose it", e.Message, StringComparison.Ordinal);
        Assert.Equal(3, run.Step);
        await run.StepAsync(1, _ => threads.Add(Thread.CurrentThread), cancellationToken: TestContext.Current.CancellationToken);

        run.Dispose();
        Assert.True(Assert.Single(threads).Join(TimeSpan.FromMinutes(1)));
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
    public void A_clip_skip_beyond_the_model_s_layers_is_found_before_a_run_begins_or_forks()
    {
        using var adapter = Attach(new LoraConfig { Dim = 2 });
        var layers = _model.Pipeline.TextEncoder.Config.Layers;
        var e = Assert.Throws<UniVGException>(() => new FineTuningRun(_model.Pipeline, _dataset, adapter, new TrainingConfig { Steps = 7, ClipSkip = 99 }));

        Assert.Equal($"--clip-skip is 99, and the model's text encoder has {layers} layers; use 1, as UniVG was trained, to {layers}.", e.Message);
        using var run = new FineTuningRun(_model.Pipeline, _dataset, adapter, new TrainingConfig { Steps = 7, ClipSkip = layers });
        Assert.Throws<UniVGException>(() => run.Fork(run.Config with { ClipSkip = layers + 1 }));
    }

    [Fact]
    public void Epochs_decide_the_number_of_steps()
    {
        using var adapter = Attach(new LoraConfig { Dim = 2 });
        using var run = new FineTuningRun(_model.Pipeline, _dataset, adapter, new TrainingConfig { Steps = 7, Epochs = 2, BatchSize = 2 });

        // 3 images × 3 repeats = 9 samples = 5 batches of 2, the last one smaller.
        Assert.Equal(10, run.TotalSteps);
    }

    [Fact]
    public async Task Two_batches_a_step_average_their_gradients_and_shorten_the_epoch()
    {
        using var adapter = Attach(new LoraConfig { Dim = 2 });
        using var run = new FineTuningRun(
            _model.Pipeline, _dataset, adapter, new TrainingConfig { Steps = 7, BatchSize = 2, GradientAccumulationSteps = 2 });
        await run.RunToAsync(4, cancellationToken: TestContext.Current.CancellationToken);

        // 5 batches an epoch make 3 steps, the third of one batch.
        Assert.Equal((3, 4), (run.StepsPerEpoch, run.Step));
        Assert.Equal([1, 1, 1, 2], run.History.Snapshot().Select(s => s.Epoch));
    }

    [Fact]
    public async Task Changed_settings_hold_from_the_next_step_and_are_in_the_history()
    {
        using var adapter = Attach(new LoraConfig { Dim = 2 });
        using var run = new FineTuningRun(_model.Pipeline, _dataset, adapter, new TrainingConfig { Steps = 4, Scheduler = "constant" });
        await run.StepAsync(2, cancellationToken: TestContext.Current.CancellationToken);

        run.Change(run.Config with { LearningRate = 5e-5, TextEncoderLearningRate = 0, LossType = "huber" });
        await run.RunToEndAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal([1e-4, 1e-4, 5e-5, 5e-5], run.History.Snapshot().Select(s => s.LearningRate));
        Assert.Equal([1e-5, 1e-5, 0, 0], run.History.Snapshot().Select(s => s.TextEncoderLearningRate));
        var change = Assert.Single(run.History.Changes);
        Assert.Equal((2, 3), (change.Step, change.Settings.Count));
    }

    [Fact]
    public void What_a_run_hangs_on_cannot_change_within_it()
    {
        using var adapter = Attach(new LoraConfig { Dim = 2 });
        using var run = new FineTuningRun(_model.Pipeline, _dataset, adapter, new TrainingConfig { Steps = 4 });

        var e = Assert.Throws<UniVGException>(() => run.Change(run.Config with { BatchSize = 4, LearningRate = 1 }));

        Assert.Contains("'batch'", e.Message, StringComparison.Ordinal);
        Assert.Contains("min-snr-gamma", e.Message, StringComparison.Ordinal);
        Assert.Equal(1e-4, run.Config.LearningRate);
    }

    [Fact]
    public async Task Fork_without_changes_takes_the_very_steps_of_the_run()
    {
        var straight = await TrainAsync(run => run.StepAsync(6));
        using var adapter = Attach(new LoraConfig { Dim = 2 });
        using var begun = new FineTuningRun(_model.Pipeline, _dataset, adapter, new TrainingConfig { Steps = 6 });
        await begun.StepAsync(3, cancellationToken: TestContext.Current.CancellationToken);

        using var fork = begun.Fork(begun.Config);
        await fork.RunToEndAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(straight.Losses, fork.History.Snapshot().Select(s => s.Loss));
        Assert.Equal(straight.Weights, Weights(adapter));
        Assert.Throws<UniVGException>(() => fork.Fork(fork.Config));
    }

    [Fact]
    public async Task Validation_loss_is_measured_before_during_and_after_with_the_same_noise_each_time()
    {
        using var adapter = Attach(new LoraConfig { Dim = 2, Dropout = 0.5 });
        using var run = new FineTuningRun(
            _model.Pipeline, WithHeldOut(), adapter, new TrainingConfig { Steps = 5, ValidateEvery = 2, LearningRate = 1e-12, TextEncoderLearningRate = 0, NoiseOffset = 1 });

        await run.RunToEndAsync(cancellationToken: TestContext.Current.CancellationToken);

        var points = run.History.Validation;
        Assert.Equal([0, 2, 4, 5], points.Select(p => p.Step));

        // The adapter hardly moved: what differs would be noise, timesteps or dropout.
        Assert.All(points, p => Assert.Equal(points[0].Loss, p.Loss, 1e-6));
        Assert.InRange(points[0].Loss, 1e-3, 2);
    }

    [Fact]
    public async Task Validation_neither_moves_training_nor_happens_when_it_is_off()
    {
        var losses = new List<double[]>();
        foreach (var every in new int?[] { 0, 1 })
        {
            using var adapter = Attach(new LoraConfig { Dim = 2 });
            using var run = new FineTuningRun(_model.Pipeline, WithHeldOut(), adapter, new TrainingConfig { Steps = 3, ValidateEvery = every });
            await run.RunToEndAsync(cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal(every == 0 ? 0 : 4, run.History.Validation.Count);
            losses.Add([.. run.History.Snapshot().Select(s => s.Loss)]);
        }

        Assert.Equal(losses[0], losses[1]);
    }

    [Fact]
    public async Task Failed_run_goes_on_with_a_lower_rate()
    {
        using var adapter = Attach(new LoraConfig { Dim = 2 });
        using var run = new FineTuningRun(_model.Pipeline, _dataset, adapter, new TrainingConfig { Steps = 4, Scheduler = "constant" });
        await run.StepAsync(1, cancellationToken: TestContext.Current.CancellationToken);
        var before = Weights(adapter);
        run.Change(run.Config with { NoiseOffset = 1e30 });
        var e = await Assert.ThrowsAsync<UniVGException>(() => run.StepAsync(1, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains("after step 1", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, Weights(adapter));
        await Assert.ThrowsAsync<UniVGException>(() => run.StepAsync(1, cancellationToken: TestContext.Current.CancellationToken));

        run.Change(run.Config with { NoiseOffset = 0 });
        await run.RunToEndAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(4, run.Step);
    }

    // A file has no strength, so a run that followed it would train another adapter than the one that is used.
    [Theory]
    [InlineData(0)]
    [InlineData(0.25)]
    public async Task Strength_is_for_samples_and_does_not_change_the_training(double strength)
    {
        using var shown = Attach(new LoraConfig { Dim = 2, ConvDim = 0 });
        shown.Multiplier = strength;
        using var run = new FineTuningRun(_model.Pipeline, WithHeldOut(), shown, new TrainingConfig { Steps = 2 });
        var seen = new List<double>();
        await run.RunToEndAsync(_ => seen.Add(shown.Multiplier), cancellationToken: TestContext.Current.CancellationToken);
        var (weights, validation) = (Weights(shown), run.History.LastValidation!.Loss);
        run.Dispose();
        shown.Dispose();

        using var plain = Attach(new LoraConfig { Dim = 2, ConvDim = 0 });
        using var other = new FineTuningRun(_model.Pipeline, WithHeldOut(), plain, new TrainingConfig { Steps = 2 });
        await other.RunToEndAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(Weights(plain), weights);
        Assert.Equal(other.History.LastValidation!.Loss, validation);
        Assert.Equal([strength, strength], seen);
    }

    private AdapterNetwork Attach(AdapterConfig config) =>
        AdapterNetwork.Attach(config, _model.Pipeline.UNet.Weights.Layers, _model.Pipeline.TextEncoder.Weights.Layers, seed: 1);

    private async Task<(double[] Losses, float[] Weights)> TrainAsync(Func<FineTuningRun, Task> drive, TrainingConfig? config = null)
    {
        using var adapter = Attach(new LoraConfig { Dim = 2, Dropout = config is null ? 0 : 0.2, RankDropout = config is null ? 0 : 0.2 });
        using var run = new FineTuningRun(_model.Pipeline, _dataset, adapter, config ?? new TrainingConfig { Steps = 6 });
        await drive(run);
        return ([.. run.History.Snapshot().Select(s => s.Loss)],
            Weights(adapter));
    }

    private static float[] Weights(AdapterNetwork adapter) =>
        [.. adapter.Adapters.SelectMany(a => a.Parameters.SelectMany(p => p.Tensor.detach().flatten().cpu().data<float>().ToArray()))];

    private FineTuningDataset WithHeldOut() => new(_dataset.Folder, _dataset.Options, _dataset.Concepts, [], 0) { Validation = _dataset };
}
