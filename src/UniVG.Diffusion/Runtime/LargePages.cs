using System.Runtime.InteropServices;

namespace UniVG.Diffusion.Runtime;

/// <summary>
/// Large pages (2 MiB) for libtorch's tensors on Linux. A step on a CPU asks for gigabytes that it gives back at once, and the system
/// clears them page by page: with pages of 4 KiB that is a third of a step's time at SD 1.5's size.
/// </summary>
public static partial class LargePages
{
    // libtorch's own switch (c10/core/impl/alloc_cpu.cpp): tensors of 2 MiB or more are aligned to that and marked for large pages.
    private const string Switch = "THP_MEM_ALLOC_ENABLE";

    /// <summary>
    /// An environment variable to start a process with, so that smaller tensors lie on large pages, too: 3 to 5 % of a step (benchmarks/NOTES.md).
    /// glibc reads it only then, from version 2.35 on; other systems ignore it.
    /// </summary>
    public static KeyValuePair<string, string> StartVariable { get; } = new("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1");

    /// <summary>Turns them on, unless the user has decided; to be called before libtorch is loaded.</summary>
    internal static void Request()
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable(Switch) is not null) return;

        // .NET's own Environment does not reach native code.
        _ = SetNative(Switch, "1", overwrite: 0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNative(string name, string value, int overwrite);
}
