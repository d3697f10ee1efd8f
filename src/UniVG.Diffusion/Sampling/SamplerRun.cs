using UniVG.Diffusion.Schedules;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Sampling;

/// <summary>Everything that one run of a sampler needs from outside.</summary>
public sealed class SamplerRun
{
    private readonly NoisePredictor _predictNoise;
    private readonly Func<Tensor> _drawNoise;
    private readonly Action<SamplerStep>? _onStep;
    private readonly CancellationToken _cancellation;

    /// <summary>Describes a run.</summary>
    /// <param name="schedule">The noise schedule that the model was trained with.</param>
    /// <param name="steps">1 … timesteps of the schedule − 1.</param>
    /// <param name="predictNoise">The model.</param>
    /// <param name="drawNoise">Draws N(0, 1) of the latents' shape: once for the start, and at every step of an ancestral sampler.</param>
    /// <param name="onStep">Called after every step.</param>
    /// <param name="cancellation">Observed before every step.</param>
    /// <exception cref="UniVGException">The number of steps is impossible.</exception>
    public SamplerRun(
        NoiseSchedule schedule,
        int steps,
        NoisePredictor predictNoise,
        Func<Tensor> drawNoise,
        Action<SamplerStep>? onStep = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        if (steps < 1 || steps >= schedule.Count)
        {
            throw new UniVGException($"A sampler cannot take {steps} steps; use 1 to {schedule.Count - 1}, usually 20.");
        }

        Schedule = schedule;
        Steps = steps;
        _predictNoise = predictNoise;
        _drawNoise = drawNoise;
        _onStep = onStep;
        _cancellation = cancellation;
    }

    /// <summary>The noise schedule that the model was trained with.</summary>
    public NoiseSchedule Schedule { get; }

    /// <summary>The number of steps to take.</summary>
    public int Steps { get; }

    /// <summary>Draws N(0, 1) of the latents' shape.</summary>
    public Tensor DrawNoise() => _drawNoise();

    /// <summary>Asks the model.</summary>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public Tensor PredictNoise(Tensor latents, double timestep)
    {
        _cancellation.ThrowIfCancellationRequested();
        return _predictNoise(latents, timestep);
    }

    /// <summary>Reports the step from point <paramref name="index"/> (from 0) to the next one.</summary>
    public void Report(int index, double timestep, Tensor latents, Tensor denoised) =>
        _onStep?.Invoke(new SamplerStep(index + 1, Steps, timestep, latents, denoised));
}
