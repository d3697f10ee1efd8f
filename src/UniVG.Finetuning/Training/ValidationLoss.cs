using TorchSharp;
using UniVG.Diffusion;
using UniVG.Diffusion.Runtime;
using UniVG.Finetuning.Data.Captions;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Data.Latents;
using UniVG.Finetuning.Training.Losses;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Training;

/// <summary>
/// The loss on held-out images: the plain mean squared error with the same noise and timesteps each time, whatever the run's seed and
/// loss settings are, so that its curve shows the adapter alone and curves of different runs compare. As in kohya each image is looked
/// at with four amounts of noise.
/// </summary>
/// <param name="model">The model with the adapters attached.</param>
/// <param name="images">The held-out images.</param>
internal sealed class ValidationLoss(StableDiffusion model, FineTuningDataset images) : IDisposable
{
    private const long Seed = 20230904;

    // Timesteps 200, 400, 600 and 800 of 1000.
    private static readonly double[] Depths = [0.2, 0.4, 0.6, 0.8];

    private readonly LatentCache _latents = new(model, images);

    /// <summary>Encodes the images that are not encoded yet.</summary>
    public void Fill(Action<int, int>? onImage, CancellationToken cancellationToken) => _latents.Fill(onImage, cancellationToken);

    /// <summary>Measures.</summary>
    /// <param name="config">Clip skip, range of timesteps, and what is predicted.</param>
    /// <param name="cancellationToken">Looked at before each image.</param>
    public double Measure(TrainingConfig config, CancellationToken cancellationToken)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var schedule = config.ZeroTerminalSnr ? model.Schedule.WithZeroTerminalSnr() : model.Schedule;
        using var loss = new DiffusionLoss(schedule, new TrainingConfig(), model.Device);
        var range = Math.Min(config.MaxTimestep, schedule.Count) - config.MinTimestep;
        var timesteps = tensor(Depths.Select(depth => config.MinTimestep + (long)(depth * range)).ToArray(), device: model.Device);
        return Enumerable.Range(0, images.Images.Count).Average(i =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var pause = FinalizerPause.Begin();
            using var inner = NewDisposeScope();
            using var generator = new Generator((ulong)StepSeed.Of(Seed, i));
            var random = new Random(i);
            var (latents, mask) = _latents.Batch([new DatasetSample(i, Flipped: false)], Seed);
            var caption = CaptionProcessor.Process(images.Images[i].Caption, images.Images[i].Options.Captions, epoch: 1, step: 0, totalSteps: 1, random);
            var context = model.EncodePrompt(caption, config.ClipSkip, config.PromptChunks).expand(Depths.Length, -1, -1);
            var clean = latents.expand(Depths.Length, -1, -1, -1);
            var noise = randn(clean.shape, generator: generator).to(model.Device);
            var target = config.VParameterization ? schedule.Velocity(clean, noise, timesteps) : noise;
            var predicted = model.UNet.Forward(schedule.AddNoise(clean, noise, timesteps), timesteps, context);
            return loss.Compute(predicted, target, timesteps, mask).ToDouble();
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _latents.Dispose();
}
