using System.CommandLine;
using System.Runtime.ExceptionServices;
using UniVG.Kernel.Execution;
using UniVG.Kernel.Jupyter;

namespace UniVG.Kernel.CommandLine;

/// <summary><c>univg kernel</c>: what Jupyter starts.</summary>
internal static class KernelCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("CONNECTION_FILE") { Description = "The file by which the client says where to listen." };
        var command = new Command("kernel", "Serves a Jupyter client; 'univg install' lets Jupyter start it.") { file };
        command.SetAction(parsed => Run(parsed.GetValue(file)!));
        return command;
    }

    private static int Run(string connectionFile)
    {
        var connection = ConnectionFile.Read(connectionFile);
        ConsoleCapture.Install();
        NativeStreams.Capture();

        // What a user's thread or an async void method throws must not end the kernel and the training with it.
        ExceptionHandling.SetUnhandledExceptionHandler(e =>
        {
            Console.Error.WriteLine($"Unhandled exception on another thread: {e}");
            return true;
        });
        using var server = new KernelServer(connection, KernelComposition.CreateSession("UniVG kernel"));
        server.Run();
        return ExitCodes.Success;
    }
}
