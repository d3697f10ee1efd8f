using System.Runtime.InteropServices;
using System.Text;
using UniVG.Kernel.Execution;

namespace UniVG.Kernel.Jupyter;

/// <summary>
/// Brings text that native code (libtorch's warnings) writes to the process's standard streams below the running cell. Between cells
/// it goes where it always went, such as the log of the Jupyter server.
/// </summary>
internal static partial class NativeStreams
{
    /// <summary>Captures both streams; does nothing on Windows. Call it after <see cref="ConsoleCapture.Install"/>.</summary>
    public static void Capture()
    {
        if (OperatingSystem.IsWindows()) return;
        Capture(1, StandardStream.Output, ConsoleCapture.Output);
        Capture(2, StandardStream.Error, ConsoleCapture.Error);
    }

    private static void Capture(int descriptor, StandardStream stream, TextWriter outsideCells)
    {
        Span<int> ends = stackalloc int[2];
        if (Pipe(ends) != 0 || Duplicate(ends[1], descriptor) < 0) return;
        var source = ends[0];
        new Thread(() => Pump(source, stream, outsideCells)) { IsBackground = true, Name = $"UniVG descriptor {descriptor}" }.Start();
    }

    private static void Pump(int source, StandardStream stream, TextWriter outsideCells)
    {
        var bytes = new byte[8192];
        var characters = new char[8192];
        var decoder = Encoding.UTF8.GetDecoder();
        while (Read(source, bytes, bytes.Length) is var count and > 0)
        {
            var text = new string(characters, 0, decoder.GetChars(bytes, 0, (int)count, characters, 0));
            if (CellContext.Current is { } cell)
            {
                cell.Output.Write(stream, text);
            }
            else
            {
                outsideCells.Write(text);
                outsideCells.Flush();
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "pipe")]
    private static partial int Pipe(Span<int> ends);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Duplicate(int from, int to);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int descriptor, byte[] buffer, nint count);
}
