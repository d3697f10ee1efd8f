using System.Globalization;
using TorchSharp;

namespace UniVG.Diffusion.Runtime;

/// <summary>How much memory there is, and how much of it can still be had.</summary>
public static class FreeMemory
{
    /// <summary>Bytes that the machine has; null where the system does not tell.</summary>
    public static long? SystemTotal => Read("MemTotal:");

    /// <summary>Bytes that a process can still get, caches that give way included; null where the system does not tell. .NET knows them only as of its last collection.</summary>
    public static long? SystemAvailable => Read("MemAvailable:");

    /// <summary>Bytes that are free on a device; null where nobody tells.</summary>
    public static long? On(torch.Device device) =>
        device.type == DeviceType.CUDA ? GpuMonitor.Of(device.index)?.Read()?.FreeBytes : SystemAvailable;

    private static long? Read(string key)
    {
        if (!File.Exists("/proc/meminfo")) return null;
        var line = File.ReadLines("/proc/meminfo").FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal));
        return line is null ? null : long.Parse(line[key.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;
    }
}
