using System.Runtime.InteropServices;

namespace UniVG.Kernel.Runs;

/// <summary>The session of processes that a terminal or a Jupyter server ends together.</summary>
internal static partial class UnixSession
{
    /// <summary>Makes this process the first of a session of its own; one that is so already stays it.</summary>
    public static void Leave()
    {
        if (!OperatingSystem.IsWindows()) _ = SetSid();
    }

    [LibraryImport("libc", EntryPoint = "setsid")]
    private static partial int SetSid();
}
