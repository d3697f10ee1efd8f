using System.Globalization;

namespace UniVG.TestSupport;

/// <summary>What this process holds, on Linux.</summary>
public static class ProcessMemory
{
    /// <summary>Anonymous memory in MiB, pages of mapped files left out; 0 where the system does not tell.</summary>
    public static double AnonymousMiB => !OperatingSystem.IsLinux() ? 0 : double.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal)).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[^2],
        CultureInfo.InvariantCulture) / 1024;
}
