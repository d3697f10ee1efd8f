using System.Globalization;
using System.Runtime.InteropServices;

namespace UniVG.Diffusion.Runtime;

/// <summary>
/// While it lives, memory that is not there is refused. Linux promises more memory than there is and kills the process that uses it: a notebook's
/// kernel with all that it holds. With this process bound to what is free at the moment (<c>RLIMIT_DATA</c>, <c>man 2 setrlimit</c>), the request
/// fails instead, and libtorch throws what <see cref="DeviceFailure"/> explains.
/// </summary>
internal sealed partial class MemoryBound : IDisposable
{
    private const int DataLimit = 2; // RLIMIT_DATA on x64 and arm64

    // Of the machine's memory, the part that is kept out of reach; of little free memory no more than half.
    private const int ShareKept = 20;

    private static readonly Lock Gate = new();
    private static readonly HashSet<MemoryBound> Bounds = [];
    private static Limit original;

    private MemoryBound()
    {
    }

    /// <summary>Bounds the process to what it has and what is free; null where the system does not tell. Among several, the last one decides, and the last to go lifts the bound.</summary>
    /// <param name="free">Bytes that are free; null asks the system.</param>
    public static MemoryBound? Begin(long? free = null)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess || PrivateBytes() is not { } held || (free ?? Free()) is not { } more) return null;
        var bound = new MemoryBound();
        lock (Gate)
        {
            if (Bounds.Count == 0 && GetLimit(DataLimit, out original) != 0) return null;
            var present = original with { Soft = Math.Min(original.Soft, (ulong)(held + more)) };
            if (SetLimit(DataLimit, present) != 0) return null;
            Bounds.Add(bound);
        }

        return bound;
    }

    /// <summary>Lifts the bound, unless another one lives.</summary>
    public void Dispose()
    {
        lock (Gate)
        {
            if (Bounds.Remove(this) && Bounds.Count == 0) _ = SetLimit(DataLimit, original);
        }
    }

    // Without what could be swapped out: a computation that waits for a disk at every operation does not end.
    private static long? Free() => FreeMemory.Under("/") is { } room ? room.Available - Math.Min(room.Available / 2, room.Total / ShareKept) : null;

    // What the limit is compared with: private writable pages, touched or not.
    private static long? PrivateBytes()
    {
        const string Key = "VmData:";
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal));
        return line is null ? null : long.Parse(line[Key.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private record struct Limit(ulong Soft, ulong Hard);
}
