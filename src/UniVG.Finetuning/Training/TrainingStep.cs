using UniVG.Diffusion;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Data.Latents;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Training;

/// <summary>The forward half of a step: noise a batch of latents, predict the noise, compare (kohya's train_network).</summary>
/// <param name="model">The model with the adapters attached.</param>
/// <param name="dataset">The captions.</param>
/// <param name="latents">The images' latents.</param>
/// <param name="config">Offset noise, clip skip, weighting, and whether the text encoder learns.</param>
internal sealed class TrainingStep(StableDiffusion model, FineTuningDataset dataset, LatentCache latents, TrainingConfig config) : IDisposable
{
    private readonly DiffusionLoss _loss = new(model.Schedule, config.MinSnrGamma, model.Device);
    private readonly Dictionary<string, Tensor> _frozenTextStates = [];

    /// <summary>The settings it works by.</summary>
    public TrainingConfig Config => config;

    /// <summary>Computes the loss of a batch; gradients can flow back from it.</summary>
    /// <param name="batch">Images of one bucket.</param>
    /// <param name="epoch">From 1; captions may depend on it.</param>
    /// <param name="step">From 0; decides noise and timesteps together with the run's seed.</param>
    /// <param name="totalSteps">The planned number of steps.</param>
    public Tensor Loss(DatasetBatch batch, int epoch, int step, int totalSteps)
    {
        var seed = StepSeed.Of(config.Seed, step);
        using var generator = new Generator((ulong)seed);
        var random = new Random(unchecked((int)seed));

        var (clean, _) = latents.Batch(batch.Samples, seed);
        var context = TextStates([.. batch.Samples.Select(sample => CaptionProcessor.Process(
            dataset.Images[sample.Image].Caption, dataset.Images[sample.Image].Options.Captions, epoch, step, totalSteps, random))]);
        var noise = DrawNoise(clean.shape, generator);
        var timesteps = randint(model.Schedule.Count, [clean.shape[0]], generator: generator).to(model.Device);
        var predicted = model.UNet.Forward(model.Schedule.AddNoise(clean, noise, timesteps), timesteps, context);
        return _loss.Compute(predicted, noise, timesteps);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _loss.Dispose();
        foreach (var states in _frozenTextStates.Values) states.Dispose();
    }

    // Drawn on the CPU, so that a seed means the same on every device.
    private Tensor DrawNoise(long[] shape, Generator generator)
    {
        var noise = randn(shape, generator: generator);
        if (config.NoiseOffset > 0) noise.add_(randn([shape[0], shape[1], 1, 1], generator: generator), alpha: config.NoiseOffset);
        return noise.to(model.Device);
    }

    private Tensor TextStates(IReadOnlyList<string> captions)
    {
        if (config.TextEncoderLearningRate > 0) return model.EncodePrompts(captions, config.ClipSkip, config.PromptChunks);
        using var noGrad = no_grad();
        return cat([.. captions.Select(FrozenTextStates)]);
    }

    private Tensor FrozenTextStates(string caption)
    {
        if (!_frozenTextStates.TryGetValue(caption, out var states))
            _frozenTextStates[caption] = states = model.EncodePrompt(caption, config.ClipSkip, config.PromptChunks).DetachFromDisposeScope();
        return states;
    }
}
