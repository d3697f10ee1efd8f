using System.Globalization;
using System.Runtime.InteropServices;

namespace UniVG.Diffusion.Runtime;

/// <summary>
/// While it lives, memory that is not there is refused. Linux promises more memory than there is and kills the process that uses it: a notebook's
/// kernel with all that it holds. With this process bound to what is free at the moment (<c>RLIMIT_DATA</c>, <c>man 2 setrlimit</c>), the request
/// fails instead, and libtorch throws what <see cref="DeviceFailure"/> explains.
/// </summary>
/// <remarks>
/// The limit counts private writable pages of the whole process, touched or not. Among them is what the allocator keeps of earlier computations, which
/// is taken without a request: what the process really holds is looked at now and then, and where that is too much, the next layer says so
/// (<see cref="ThrowIfUsedUp"/>). Files that are mapped count, too, though they take no memory (<see cref="AllowMapping"/>), and programs that are
/// started meanwhile would inherit the limit (<see cref="ChildProcess"/>).
/// </remarks>
internal sealed partial class MemoryBound : IDisposable
{
    private const int DataLimit = 2; // RLIMIT_DATA on x64 and arm64

    // What is kept out of reach: a part of all memory, and not less than what the runtime itself comes to need; of little free memory no more than half.
    private const int ShareKept = 20;
    private const long LeastKept = 256L << 20;

    // Processors take some gigabytes a second; with so many left there is time.
    private const long Plenty = 4L << 30;
    private static readonly TimeSpan Seldom = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(25);

    private static readonly Lock Gate = new();
    private static readonly HashSet<MemoryBound> Bounds = [];
    private static readonly ManualResetEventSlim IsBound = new();
    private static readonly Lazy<Thread> Watch = new(StartWatch);
    private static Limit original;
    private static Limit present;
    private static long most; // that the process may hold
    private static volatile bool isUsedUp;

    private MemoryBound()
    {
    }

    /// <summary>Bounds the process to what it has and what is free; null where the system does not tell. Among several, the last one decides, and the last to go lifts the bound.</summary>
    /// <param name="free">Bytes that are free; null asks the system.</param>
    public static MemoryBound? Begin(long? free = null)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess) return null;
        var bound = new MemoryBound();
        lock (Gate)
        {
            if (Bounds.Count == 0 && GetLimit(DataLimit, out original) != 0) return null;
            if (!TryBound(free)) return null;
            Bounds.Add(bound);
            IsBound.Set();
        }

        _ = Watch.Value;
        return bound;
    }

    /// <summary>To be called between operations.</summary>
    /// <exception cref="InsufficientMemoryException">Memory is bound, and more is used than was free.</exception>
    public static void ThrowIfUsedUp()
    {
        if (isUsedUp) throw new InsufficientMemoryException("all that was free is used");
    }

    /// <summary>Takes a file, which can be read again and gives way, out of what is bound; to be called before it is mapped.</summary>
    /// <param name="bytes">Its size; negative where it was not mapped after all.</param>
    public static void AllowMapping(long bytes)
    {
        lock (Gate)
        {
            if (Bounds.Count > 0) _ = TrySet(present.Soft + (ulong)bytes);
        }
    }

    /// <summary>Does something without bound, such as starting a program.</summary>
    public static T Without<T>(Func<T> work)
    {
        lock (Gate)
        {
            if (Bounds.Count == 0) return work();
            _ = SetLimit(DataLimit, original);
            try
            {
                return work();
            }
            finally
            {
                _ = SetLimit(DataLimit, present);
            }
        }
    }

    /// <summary>Lifts the bound, unless another one lives.</summary>
    public void Dispose()
    {
        lock (Gate)
        {
            if (!Bounds.Remove(this) || Bounds.Count > 0) return;
            _ = SetLimit(DataLimit, original);
            IsBound.Reset();
            isUsedUp = false;
        }
    }

    private static bool TryBound(long? free)
    {
        if (Held() is not { } held || (free ?? Free()) is not { } more) return false;
        most = held.Resident + more;
        isUsedUp = false;
        return TrySet((ulong)(held.Mapped + more));
    }

    private static Thread StartWatch()
    {
        var thread = new Thread(KeepWatch) { IsBackground = true, Name = "UniVG memory" };
        thread.Start();
        return thread;
    }

    private static void KeepWatch()
    {
        while (true)
        {
            IsBound.Wait();
            var pause = Often;
            try
            {
                if (Held() is { } held)
                {
                    lock (Gate)
                    {
                        isUsedUp = Bounds.Count > 0 && held.Resident > most;
                        if (most - held.Resident > Plenty) pause = Seldom;
                    }
                }
            }
            catch (OutOfMemoryException)
            {
                // There is no room to look; whoever takes it is refused more.
            }

            Thread.Sleep(pause);
        }
    }

    private static bool TrySet(ulong bytes)
    {
        present = original with { Soft = Math.Min(original.Soft, bytes) };
        return SetLimit(DataLimit, present) == 0;
    }

    // Without what could be swapped out: a computation that waits for a disk at every operation does not end.
    private static long? Free() => FreeMemory.Under("/") is { } room
        ? room.Available - Math.Min(room.Available / 2, Math.Max(room.Total / ShareKept, LeastKept))
        : null;

    // Private writable pages, which the limit is compared with, and those that take memory.
    private static (long Mapped, long Resident)? Held()
    {
        try
        {
            long? mapped = null, resident = null;
            foreach (var line in File.ReadLines("/proc/self/status"))
            {
                mapped ??= Bytes(line, "VmData:");
                resident ??= Bytes(line, "RssAnon:");
            }

            return mapped is null || resident is null ? null : (mapped.Value, resident.Value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        static long? Bytes(string line, string key) => line.StartsWith(key, StringComparison.Ordinal)
            ? long.Parse(line.AsSpan(key.Length).TrimEnd("kB"), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) * 1024 : null;
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private record struct Limit(ulong Soft, ulong Hard);
}
