using System.Diagnostics;
using TorchSharp;
using UniVG.Diffusion;
using UniVG.Diffusion.Runtime;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Data;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Training.Cost;

/// <summary>
/// What a step will take, told before the first one: operations and kept numbers are counted (<see cref="StepWork"/>), the machine's speed
/// is that of one prediction of the UNet, measured on the spot.
/// </summary>
/// <param name="Seconds">A step's time.</param>
/// <param name="Bytes">Memory beyond what model, adapter and optimizer hold already: activations and gradients.</param>
/// <param name="FreeBytes">What is free on the device at the moment; null where nobody tells.</param>
public sealed record StepCost(double Seconds, long Bytes, long? FreeBytes)
{
    private const int GpuRepetitions = 3;

    // Of a weight that is made anew in the backward pass: two products, what they make, and the gradients of these.
    private const long ChangesAtATime = 6;

    /// <summary>Floating-point operations of a step, all of its batches together.</summary>
    public required double Flops { get; init; }

    /// <summary>Whether a step needs more memory than is free.</summary>
    public bool IsTooLarge => FreeBytes < Bytes;

    /// <summary>Estimates; takes about as long as a quarter of a step.</summary>
    /// <param name="run">The run; its thread must be the present one, and the model unused.</param>
    internal static StepCost Of(FineTuningRun run)
    {
        var unit = run.Model.Vae.Config.PixelsPerLatent;
        var bucket = run.Dataset.Images.Select(image => image.Choice.Bucket).MaxBy(size => size.Width * size.Height);
        var (height, width) = (bucket.Height / unit, bucket.Width / unit);

        // A bucket of few images makes smaller batches than were asked for, and a step may gather the gradients of several batches.
        var batches = EpochPlan.Create(run.Dataset, seed: 0, epoch: 1, run.Config.BatchSize);
        var largest = batches.Max(batch => batch.Samples.Count);
        var work = StepWork.Of(run.Model.UNet, run.Model.TextEncoder, run.Adapter, height, width, run.Config with { BatchSize = largest });
        var flops = work.Flops * batches.Count / run.StepsPerEpoch;

        // A GPU takes a few images in about the time of one.
        var timed = run.Model.Device.type == DeviceType.CUDA ? largest : 1;
        var seconds = SecondsOfPrediction(run.Model, timed, height, width) * flops / (timed * work.ForwardFlops);
        var gradients = run.Adapter.ParameterCount * sizeof(float);
        var changes = run.Adapter.Adapters.Where(a => a.LowRank is not LoraAdapter).Select(a => ChangesAtATime * sizeof(float) * a.Layer.Weight.numel()).DefaultIfEmpty().Max();
        var elementBytes = run.Model.UNet.Weights.Tensors.Values.First().dtype.ElementSize();
        return new StepCost(seconds, (long)(work.KeptElements * elementBytes) + gradients + changes, FreeMemory.On(run.Model.Device)) { Flops = flops };
    }

    private static double SecondsOfPrediction(StableDiffusion model, int batch, int height, int width)
    {
        using var pause = FinalizerPause.Begin();
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var latents = zeros([batch, model.UNet.Config.InChannels, height, width], device: model.Device);
        var timesteps = full([batch], 500, ScalarType.Int64, model.Device);
        var context = zeros([batch, model.TextEncoder.Config.MaxPositions, model.UNet.Config.CrossAttentionDim], device: model.Device);
        var times = new List<double>();
        for (var i = 0; i <= (model.Device.type == DeviceType.CUDA ? GpuRepetitions : 1); i++)
        {
            var started = Stopwatch.GetTimestamp();
            using var predicted = model.UNet.Forward(latents, timesteps, context);
            _ = predicted.flatten()[0].ToSingle(); // waits for a GPU
            times.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            if (times[^1] > 1) break; // the first one plans as well, which only matters where it is short
        }

        return times.Min();
    }
}
