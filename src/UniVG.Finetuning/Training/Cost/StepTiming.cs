using System.Diagnostics;
using TorchSharp;
using UniVG.Diffusion;
using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Runtime;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Training.Cost;

/// <summary>
/// How long a batch takes on this machine. A small model spends its time on starting operations, not on the operations: where a step is
/// short, gradients of the whole batch are computed a few times. Else a prediction is timed, and a step is as many times longer as it has operations more.
/// </summary>
/// <param name="run">The run, at the strength it trains with; its thread must be the present one.</param>
/// <param name="config">Its configuration, with the size of the batch.</param>
/// <param name="work">The operations.</param>
/// <param name="size">Height and width of the latents.</param>
/// <param name="cancellation">Looked at before each pass.</param>
internal sealed class StepTiming(FineTuningRun run, TrainingConfig config, StepWork work, (int Height, int Width) size, CancellationToken cancellation)
{
    // In seconds. Steps that take longer are not tried out, nor those of runs that are over in a moment.
    private const double LongStep = 5;
    private const double ShortRun = 5;

    // In seconds. For so long things are tried again, because the first passes still compile and plan.
    private const double PredictionTrial = 0.05;
    private const double StepTrial = 0.6;

    private readonly StableDiffusion _model = run.Model;

    private bool LearnsText => config.TextEncoderLearningRate > 0;

    /// <summary>Forward and backward pass of the batch, in seconds: the fastest, as other programs only ever slow one down.</summary>
    /// <param name="mayTakeSteps">Whether there is memory to try it out.</param>
    public double SecondsOfBatch(bool mayTakeSteps)
    {
        var estimate = Fastest(() => Predict(1), PredictionTrial) * work.Flops / work.ForwardFlops;
        if (!mayTakeSteps || estimate * (run.TotalSteps - run.Step) < ShortRun) return estimate;

        // Several images take less than so many times as long.
        if (config.BatchSize > 1 && estimate < config.BatchSize * LongStep)
            estimate = Fastest(() => Predict(config.BatchSize), PredictionTrial) * work.Flops / (config.BatchSize * work.ForwardFlops);
        return estimate < LongStep ? Fastest(Differentiate, StepTrial) : estimate;
    }

    // Not of a first pass alone, unless that takes so long that compiling and planning count for little.
    private double Fastest(Action pass, double trial)
    {
        var (begun, fastest, passes) = (Stopwatch.GetTimestamp(), double.PositiveInfinity, 0);
        do
        {
            cancellation.ThrowIfCancellationRequested();
            using var pause = FinalizerPause.Begin();
            using var scope = NewDisposeScope();
            var started = Stopwatch.GetTimestamp();
            pass();
            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(started).TotalSeconds);
            passes++;
        }
        while (Stopwatch.GetElapsedTime(begun).TotalSeconds < trial || (passes == 1 && fastest < LongStep));
        return fastest;
    }

    private void Predict(int images)
    {
        using var noGrad = no_grad();
        var context = zeros([images, _model.TextEncoder.Config.MaxPositions, _model.UNet.Config.CrossAttentionDim], device: _model.Device);
        _ = Forward(images, context).ToSingle(); // waits for a GPU
    }

    private void Differentiate()
    {
        _model.UNet.IsCheckpointing = _model.TextEncoder.IsCheckpointing = config.GradientCheckpointing;
        using var gradientMode = set_grad_enabled(LearnsText);
        var context = _model.EncodePrompts([.. Enumerable.Repeat("", config.BatchSize)], config.ClipSkip);
        using var enabled = enable_grad();
        var value = Forward(config.BatchSize, context);
        try
        {
            RecomputedBranch.Differentiate(value);
            _ = value.ToSingle();
        }
        finally
        {
            run.Optimizer.ZeroGradients();
        }
    }

    private Tensor Forward(int images, Tensor context)
    {
        var latents = zeros([images, _model.UNet.Config.InChannels, size.Height, size.Width], device: _model.Device);
        var timesteps = full([images], 500, ScalarType.Int64, _model.Device);
        return _model.UNet.Forward(latents, timesteps, context).mean();
    }
}
