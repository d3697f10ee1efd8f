using System.Runtime.InteropServices;

namespace UniVG.Kernel.Jupyter;

/// <summary>The client that started the kernel; when it dies without a word, nobody else would end the kernel.</summary>
internal static partial class ParentProcess
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>Waits until the kernel is told to stop or its parent is gone.</summary>
    public static void WaitUntilGone(ManualResetEventSlim stop)
    {
        // jupyter_client names itself to the kernels that shall end with it.
        if (OperatingSystem.IsWindows() || Environment.GetEnvironmentVariable("JPY_PARENT_PID") is null)
        {
            stop.Wait();
            return;
        }

        // Not "has become 1": in a container or under a subreaper, orphans get another parent.
        var parent = GetParentId();
        while (!stop.Wait(Period) && GetParentId() == parent)
        {
        }
    }

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int GetParentId();
}
