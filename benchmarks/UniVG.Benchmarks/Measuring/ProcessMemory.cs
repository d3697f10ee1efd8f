using System.Globalization;

namespace UniVG.Benchmarks.Measuring;

/// <summary>The memory of a process as Linux counts it (<c>man 5 proc_pid_status</c>); 0 on other systems.</summary>
internal static class ProcessMemory
{
    /// <summary>The largest resident set of a process so far, pages of mapped files included.</summary>
    public static double PeakResidentMiB(int process) => Read(process, "VmHWM:");

    /// <summary>Resident memory of a process that no file backs.</summary>
    public static double AnonymousMiB(int process) => Read(process, "RssAnon:");

    private static double Read(int process, string field)
    {
        if (!OperatingSystem.IsLinux()) return 0;
        var line = File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith(field, StringComparison.Ordinal));
        return double.Parse(line[field.Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture) / 1024;
    }
}
