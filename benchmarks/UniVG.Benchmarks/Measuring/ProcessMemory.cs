using System.Globalization;

namespace UniVG.Benchmarks.Measuring;

/// <summary>The memory of this process as Linux counts it (<c>man 5 proc_pid_status</c>); 0 on other systems.</summary>
internal static class ProcessMemory
{
    /// <summary>The largest resident set so far, pages of mapped files included.</summary>
    public static double PeakResidentMiB => Read("VmHWM:");

    /// <summary>Resident memory that no file backs.</summary>
    public static double AnonymousMiB => Read("RssAnon:");

    private static double Read(string field)
    {
        if (!OperatingSystem.IsLinux()) return 0;
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith(field, StringComparison.Ordinal));
        return double.Parse(line[field.Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture) / 1024;
    }
}
