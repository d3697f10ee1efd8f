using TorchSharp;
using UniVG.Diffusion.Runtime;
using UniVG.Finetuning.Training;

namespace UniVG.Notebooks.Training;

/// <summary>How much memory training takes, as the panel shows it.</summary>
/// <param name="Name">Which memory: that of the device the run computes on.</param>
/// <param name="Bytes">In bytes; 0 where it cannot be read.</param>
internal readonly record struct MemoryReading(string Name, long Bytes)
{
    /// <summary>The memory in use now: what this process holds of the GPU where the run computes on one, else its resident set. Called a few times a second, off the training thread.</summary>
    public static MemoryReading Of(FineTuningRun run) =>
        !run.Model.IsDisposed && run.Model.Device is { type: DeviceType.CUDA } gpu && GpuMonitor.Of(gpu.index)?.Read()?.ProcessBytes is { } bytes
            ? new("GPU memory", bytes)
            : new("memory", Environment.WorkingSet);
}
