using System.Globalization;
using TorchSharp;
using UniVG.Diffusion.Runtime;

namespace UniVG.Finetuning.Training.Cost;

/// <summary>How much memory can still be had.</summary>
internal static class FreeMemory
{
    private const string Key = "MemAvailable:";

    /// <summary>Bytes that are free on a device; null where nobody tells.</summary>
    public static long? On(torch.Device device)
    {
        if (device.type == DeviceType.CUDA) return GpuMonitor.Of(device.index)?.Read()?.FreeBytes;
        if (!File.Exists("/proc/meminfo")) return null;
        var line = File.ReadLines("/proc/meminfo").FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal));
        return line is null ? null : long.Parse(line[Key.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;
    }
}
