using UniVG.Diffusion.Schedules;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Training.Losses;

/// <summary>
/// The loss of denoising diffusion (Ho et al. 2020) in kohya's order: the error of each value, masked, its mean over each sample,
/// weighted by kind of image and by timestep, the mean over the batch.
/// </summary>
public sealed class DiffusionLoss : IDisposable
{
    private readonly string _measure;
    private readonly Tensor? _weights;    // (T), by timestep
    private readonly Tensor? _thresholds; // (T)

    /// <summary>Prepares the tables of all timesteps.</summary>
    /// <param name="schedule">Gives the signal-to-noise ratios.</param>
    /// <param name="config">Chooses measure and weights.</param>
    /// <param name="device">Where the loss is computed.</param>
    public DiffusionLoss(NoiseSchedule schedule, TrainingConfig config, Device device)
    {
        _measure = config.LossType;
        var weights = Enumerable.Range(0, schedule.Count).Select(t => (float)TimestepWeight.Of(config, schedule.Snr(t))).ToArray();
        if (weights.Any(weight => weight != 1)) _weights = tensor(weights, device: device).DetachFromDisposeScope();
        if (!ErrorMeasure.HasThreshold(_measure)) return;
        var thresholds = Enumerable.Range(0, schedule.Count)
            .Select(t => (float)HuberThreshold.At(config.HuberSchedule, t, schedule, config.HuberC, config.HuberScale));
        _thresholds = tensor(thresholds.ToArray(), device: device).DetachFromDisposeScope();
    }

    /// <summary>The mean loss of a batch, a scalar in float32.</summary>
    /// <param name="predicted">(B, 4, h, w).</param>
    /// <param name="target">The noise or velocity, (B, 4, h, w).</param>
    /// <param name="timesteps">(B), int64.</param>
    /// <param name="mask">Where the loss counts, (B, 1, h, w) from 0 to 1; null for everywhere.</param>
    /// <param name="sampleWeights">(B); null for 1.</param>
    public Tensor Compute(Tensor predicted, Tensor target, Tensor timesteps, Tensor? mask = null, Tensor? sampleWeights = null)
    {
        var c = _thresholds?.index_select(0, timesteps).reshape(-1, 1, 1, 1);
        var error = ErrorMeasure.Compute(_measure, predicted.to(ScalarType.Float32), target, c);
        var perSample = (mask is null ? error : error * mask).mean([1, 2, 3]);
        if (sampleWeights is not null) perSample *= sampleWeights;
        return (_weights is null ? perSample : perSample * _weights.index_select(0, timesteps)).mean();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights?.Dispose();
        _thresholds?.Dispose();
    }
}
