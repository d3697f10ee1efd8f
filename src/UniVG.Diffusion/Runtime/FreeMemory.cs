using System.Globalization;
using TorchSharp;

namespace UniVG.Diffusion.Runtime;

/// <summary>How much memory there is, and how much of it can still be had: that of the machine, or of the container where that has a limit.</summary>
public static class FreeMemory
{
    /// <summary>Bytes that this process may use at all; null where the system does not tell.</summary>
    public static long? SystemTotal => Under("/")?.Total;

    /// <summary>Bytes that a process can still get, caches that give way included; null where the system does not tell. .NET knows them only as of its last collection.</summary>
    public static long? SystemAvailable => Under("/")?.Available;

    /// <summary>Bytes that are free on a device; null where nobody tells.</summary>
    public static long? On(torch.Device device) =>
        device.type == DeviceType.CUDA ? GpuMonitor.Of(device.index)?.Read()?.FreeBytes : SystemAvailable;

    /// <summary>What the files of <c>proc</c> and <c>sys</c> below a folder tell.</summary>
    internal static MemoryRoom? Under(string root)
    {
        try
        {
            return Read(root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Sandboxes leave some of these files out, or do not let them be read.
            return null;
        }
    }

    private static MemoryRoom? Read(string root)
    {
        var file = Path.Combine(root, "proc/meminfo");
        if (!File.Exists(file)) return null;
        var entries = File.ReadLines(file).Select(line => line.Split(':')).Where(parts => parts.Length == 2).ToDictionary(parts => parts[0], parts => parts[1]);
        if (Bytes("MemTotal") is not { } total || Bytes("MemAvailable") is not { } available) return null;
        var machine = new MemoryRoom(total, available);
        return new ControlGroups(root).Limits().Aggregate(machine, (room, limit) => room.Within(limit));

        long? Bytes(string key) => entries.TryGetValue(key, out var value)
            && long.TryParse(value.Replace("kB", "", StringComparison.Ordinal), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var kibibytes)
            ? kibibytes * 1024 : null;
    }
}
