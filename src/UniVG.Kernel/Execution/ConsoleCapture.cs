namespace UniVG.Kernel.Execution;

/// <summary>Sends what code writes to <see cref="Console"/> below the cell that it belongs to, and asks the cell's client for input.</summary>
internal static class ConsoleCapture
{
    private static readonly Lock Gate = new();
    private static TextWriter? OriginalOutput;
    private static TextWriter? OriginalError;

    /// <summary>The program's own standard output, which no cell sees.</summary>
    public static TextWriter Output => OriginalOutput ?? Console.Out;

    /// <summary>The program's own standard error, which no cell sees.</summary>
    public static TextWriter Error => OriginalError ?? Console.Error;

    /// <summary>Installs the capture, once per process; outside cells the console stays what it was.</summary>
    public static void Install()
    {
        lock (Gate)
        {
            if (OriginalOutput is not null) return;
            OriginalOutput = Console.Out;
            OriginalError = Console.Error;
            Console.SetOut(new CellWriter(StandardStream.Output, OriginalOutput));
            Console.SetError(new CellWriter(StandardStream.Error, OriginalError));
            Console.SetIn(new CellReader(Console.In));
        }
    }
}
