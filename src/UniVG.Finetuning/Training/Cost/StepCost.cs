using UniVG.Diffusion.Runtime;
using UniVG.Finetuning.Data;

namespace UniVG.Finetuning.Training.Cost;

/// <summary>
/// What a step will take, told before the first one: operations (<see cref="StepWork"/>) and memory (<see cref="StepMemory"/>) are counted,
/// the machine's speed is measured on the spot (<see cref="StepTiming"/>).
/// </summary>
/// <param name="Seconds">A step's time.</param>
/// <param name="FreeBytes">What is free on the device at the moment; null where nobody tells.</param>
public sealed record StepCost(double Seconds, long? FreeBytes)
{
    /// <summary>Floating-point operations of a step, all of its batches together.</summary>
    public required double Flops { get; init; }

    /// <summary>What the largest batch takes.</summary>
    public required StepMemory Memory { get; init; }

    /// <summary>Memory beyond what model, adapter and optimizer hold already.</summary>
    public long Bytes => Memory.Bytes;

    /// <summary>Whether a step needs more memory than is free.</summary>
    public bool IsTooLarge => FreeBytes < Bytes;

    /// <summary>Estimates; takes about a second, or as long as a prediction of the UNet.</summary>
    /// <param name="run">The run; its thread must be the present one, and the model unused.</param>
    /// <param name="batches">The batches of an epoch: a bucket of few images makes smaller ones than were asked for.</param>
    /// <param name="cancellation">Looked at before each pass.</param>
    internal static StepCost Of(FineTuningRun run, IReadOnlyList<DatasetBatch> batches, CancellationToken cancellation)
    {
        var unit = run.Model.Vae.Config.PixelsPerLatent;
        var largest = batches.MaxBy(PixelsOf)!;
        var (height, width) = (largest.Bucket.Height / unit, largest.Bucket.Width / unit);
        var config = run.Config with { BatchSize = largest.Samples.Count };
        var work = StepWork.Of(run.Model.UNet, run.Model.TextEncoder, run.Adapter, height, width, config);
        var memory = StepMemory.Of(run.Model.UNet, run.Model.TextEncoder, run.Adapter, height, width, config);

        // What does not fit is not tried out. Asked for before, as allocators keep what was tried for the steps.
        var free = FreeMemory.On(run.Model.Device);
        var seconds = new StepTiming(run, config, work, (height, width), cancellation).SecondsOfBatch(mayTakeSteps: !(free < memory.Bytes));

        // A step may gather the gradients of several batches, of different sizes.
        var perStep = batches.Sum(PixelsOf) / PixelsOf(largest) / run.StepsPerEpoch;
        return new StepCost(seconds * perStep, free) { Flops = work.Flops * perStep, Memory = memory };
    }

    private static double PixelsOf(DatasetBatch batch) => (double)batch.Samples.Count * batch.Bucket.Width * batch.Bucket.Height;
}
