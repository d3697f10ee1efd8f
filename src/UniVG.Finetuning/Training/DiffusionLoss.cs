using UniVG.Diffusion.Schedules;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Training;

/// <summary>
/// The noise-prediction loss of denoising diffusion (Ho et al. 2020): mean squared error between the noise that was added and the
/// noise that is predicted, optionally weighted by min(SNR, γ)/SNR (Hang et al. 2023).
/// </summary>
public sealed class DiffusionLoss : IDisposable
{
    private readonly Tensor? _weights; // (T), by timestep

    /// <summary>Prepares the weights of all timesteps.</summary>
    /// <param name="schedule">Gives the signal-to-noise ratios.</param>
    /// <param name="minSnrGamma">γ; null weights all timesteps equally.</param>
    /// <param name="device">Where the loss is computed.</param>
    public DiffusionLoss(NoiseSchedule schedule, double? minSnrGamma, Device device)
    {
        if (minSnrGamma is not { } gamma) return;
        var weights = Enumerable.Range(0, schedule.Count).Select(t => (float)(Math.Min(schedule.Snr(t), gamma) / schedule.Snr(t)));
        _weights = tensor(weights.ToArray(), device: device).DetachFromDisposeScope();
    }

    /// <summary>The mean loss of a batch, a scalar in float32.</summary>
    /// <param name="predicted">(B, 4, h, w).</param>
    /// <param name="noise">(B, 4, h, w).</param>
    /// <param name="timesteps">(B), int64.</param>
    public Tensor Compute(Tensor predicted, Tensor noise, Tensor timesteps)
    {
        var perSample = (predicted.to(ScalarType.Float32) - noise).square().mean([1, 2, 3]);
        return (_weights is null ? perSample : perSample * _weights.index_select(0, timesteps)).mean();
    }

    /// <inheritdoc/>
    public void Dispose() => _weights?.Dispose();
}
