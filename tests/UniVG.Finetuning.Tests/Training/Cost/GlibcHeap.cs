using System.Runtime.InteropServices;

namespace UniVG.Finetuning.Tests.Training.Cost;

/// <summary>What malloc has handed out in this process, libtorch's tensors on the CPU among it; the pages of .NET's own heap are not.</summary>
internal static partial class GlibcHeap
{
    /// <summary>Whether this system's C library tells.</summary>
    public static bool IsThere => OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, "mallinfo2", out _);

    /// <summary>Bytes in use, after the finalizers have freed what is no more needed.</summary>
    public static double BytesInUse()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var info = MallocInfo();
        return info.InUse + info.MappedBytes;
    }

    [LibraryImport("libc.so.6", EntryPoint = "mallinfo2")]
    private static partial Info MallocInfo();

    // struct mallinfo2 of malloc.h, over all arenas.
    [StructLayout(LayoutKind.Sequential)]
    private struct Info
    {
        public nuint Arena, FreeChunks, FreeFastChunks, MappedRegions, MappedBytes, Unused, FreeFastBytes, InUse, Free, Trimmable;
    }
}
