using System.Runtime.InteropServices;

namespace UniVG.Diffusion.Runtime;

/// <summary>
/// How glibc's allocator, which libtorch takes the memory of tensors from, treats what was freed. By itself it returns large blocks to
/// the system at once, and the next operation has them cleared page by page again: gigabytes in a step at SD 1.5's size.
/// </summary>
public static partial class NativeHeap
{
    // Numbers of glibc's malloc.h.
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MapThreshold = -3;

    private const int LargestMapThreshold = 32 << 20; // glibc takes no more
    private const int HeapSize = 64 << 20;            // of a thread: with a pad of this size an empty one is kept

    private static readonly bool IsTuned = OperatingSystem.IsLinux()
        && NativeLibrary.TryLoad("libc.so.6", out var glibc) && NativeLibrary.TryGetExport(glibc, "mallopt", out _) && NativeLibrary.TryGetExport(glibc, "malloc_trim", out _);

    /// <summary>Lets the process keep what is freed for what is asked for next; to be called before libtorch allocates. Other systems than Linux with glibc are left alone.</summary>
    internal static void KeepFreed()
    {
        if (!IsTuned) return;
        _ = Set(MapThreshold, LargestMapThreshold);
        _ = Set(TrimThreshold, int.MaxValue);
        _ = Set(TopPad, HeapSize);
    }

    /// <summary>Returns what is free to the system: to be called when a long computation has ended.</summary>
    public static void GiveBack()
    {
        if (IsTuned) _ = Trim(0);
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int Set(int parameter, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint pad);
}
