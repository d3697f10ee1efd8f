using System.Diagnostics;

namespace UniVG.Diffusion.Runtime;

/// <summary>Starts other programs.</summary>
public static class ChildProcess
{
    /// <summary>
    /// As <see cref="Process.Start(ProcessStartInfo)"/>. While something is computed this process is bound to the memory that is free; a program
    /// that is started then would keep that limit for its life.
    /// </summary>
    public static Process Start(ProcessStartInfo start) => MemoryBound.Without(() => Process.Start(start)!);
}
