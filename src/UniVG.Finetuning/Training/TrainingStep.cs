using TorchSharp;
using UniVG.Diffusion;
using UniVG.Diffusion.Schedules;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Data.Buckets;
using UniVG.Finetuning.Data.Captions;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Data.Latents;
using UniVG.Finetuning.Training.Losses;
using UniVG.Finetuning.Training.Noise;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Training;

/// <summary>The forward half of a step: noise a batch of latents, predict the noise, compare (kohya's train_network).</summary>
internal sealed class TrainingStep : IDisposable
{
    private readonly StableDiffusion _model;
    private readonly FineTuningDataset _dataset;
    private readonly LatentCache _latents;
    private readonly bool _sharesText;
    private readonly NoiseSchedule _schedule;
    private readonly TrainingNoise _noise;
    private readonly DiffusionLoss _loss;
    private readonly Dictionary<string, Tensor> _frozenTextStates = [];

    /// <summary>Prepares steps by one configuration.</summary>
    /// <param name="model">The model with the adapters attached.</param>
    /// <param name="dataset">The captions.</param>
    /// <param name="latents">The images' latents.</param>
    /// <param name="adapter">What is attached.</param>
    /// <param name="config">Noise, loss, clip skip, and whether the text encoder learns.</param>
    public TrainingStep(StableDiffusion model, FineTuningDataset dataset, LatentCache latents, AdapterConfig adapter, TrainingConfig config)
    {
        (_model, _dataset, _latents, Config) = (model, dataset, latents, config);
        _sharesText = !AdapterDropout.IsWanted(adapter); // dropouts differ from image to image
        _schedule = config.ZeroTerminalSnr ? model.Schedule.WithZeroTerminalSnr() : model.Schedule;
        _noise = new TrainingNoise(config);
        _loss = new DiffusionLoss(_schedule, config, model.Device);
    }

    /// <summary>The settings it works by.</summary>
    public TrainingConfig Config { get; }

    private bool LearnsText => Config.TextEncoderLearningRate > 0;

    /// <summary>What noise, timesteps and dropout of a batch are drawn from.</summary>
    public long SeedOf(BatchPlace place) => StepSeed.Of(Config.Seed, ((long)place.Step * Config.GradientAccumulationSteps) + place.Part);

    /// <summary>Draws and looks up what the loss of a batch depends on, and sends it to the model's device without waiting for it.</summary>
    /// <param name="batch">Images of one bucket.</param>
    /// <param name="place">Where in the run the batch is; decides noise and timesteps together with the run's seed.</param>
    public StepTensors Prepare(DatasetBatch batch, BatchPlace place)
    {
        using var noGrad = no_grad();
        var seed = SeedOf(place);
        using var generator = new Generator((ulong)seed);
        var random = new Random(unchecked((int)seed));

        var (clean, mask) = _latents.Batch(batch.Samples, seed);
        string[] captions = [.. batch.Samples.Select(sample => Caption(_dataset.Images[sample.Image], place, random))];
        if (_sharesText && captions.Distinct().Count() == 1) captions = [captions[0]];
        var (noise, perturbed, timesteps) = _noise.Draw(clean, _schedule.Count, generator, random);
        var tokens = LearnsText ? _model.Tokenize(captions, Config.PromptChunks) : default;
        return new StepTensors(
            clean, mask, Sent(noise), perturbed is null ? null : Sent(perturbed), Sent(timesteps),
            LearnsText ? Sent(tokens.Ids) : cat([.. captions.Select(FrozenTextStates)]), tokens.Rows is { } rows ? Sent(rows) : null, SampleWeights(batch));
    }

    /// <summary>Computes the loss of a batch; gradients can flow back from it.</summary>
    public Tensor Loss(StepTensors given)
    {
        _model.UNet.IsCheckpointing = _model.TextEncoder.IsCheckpointing = Config.GradientCheckpointing;
        var context = LearnsText ? _model.EncodeTokens(given.Tokens, Config.ClipSkip) : given.Text;
        var noisy = _schedule.AddNoise(given.Clean, given.Perturbed ?? given.Noise, given.Timesteps);
        var target = Config.VParameterization ? _schedule.Velocity(given.Clean, given.Noise, given.Timesteps) : given.Noise;
        var predicted = _model.UNet.Forward(noisy, given.Timesteps, context);
        return _loss.Compute(predicted, target, given.Timesteps, given.Mask, given.SampleWeights);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _loss.Dispose();
        foreach (var states in _frozenTextStates.Values) states.Dispose();
    }

    private static string Caption(BucketedImage image, BatchPlace place, Random random) =>
        CaptionProcessor.Process(image.Caption, image.Options.Captions, place.Epoch, place.Step, place.TotalSteps, random);

    // From pinned memory a GPU fetches by itself; a copy from ordinary memory would first wait for all that is queued.
    private Tensor Sent(Tensor drawn) => _model.Device.type == DeviceType.CUDA ? drawn.pin_memory().to(_model.Device, non_blocking: true) : drawn;

    // Regularisation images, with which the model keeps what it knew, may count for less (prior preservation, Ruiz et al. 2023).
    private Tensor? SampleWeights(DatasetBatch batch)
    {
        if (Config.PriorLossWeight == 1) return null;
        var weights = batch.Samples.Select(sample => _dataset.Images[sample.Image].IsRegularization ? (float)Config.PriorLossWeight : 1);
        return Sent(tensor(weights.ToArray()));
    }

    private Tensor FrozenTextStates(string caption)
    {
        if (_frozenTextStates.TryGetValue(caption, out var states)) return states;
        states = _model.EncodePrompt(caption, Config.ClipSkip, Config.PromptChunks);

        // Captions that are shuffled hardly come again, and would fill the memory.
        if (_frozenTextStates.Count <= _dataset.Images.Count) _frozenTextStates[caption] = states.DetachFromDisposeScope();
        return states;
    }
}
