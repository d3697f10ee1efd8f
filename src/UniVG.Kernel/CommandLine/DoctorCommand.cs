using System.CommandLine;

namespace UniVG.Kernel.CommandLine;

/// <summary><c>univg doctor</c>: what decides whether training will work on this machine.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command("doctor", "Tells what decides whether training works here; the first thing to paste into a bug report.");
        command.SetAction(_ => Console.WriteLine(KernelComposition.DoctorReport()));
        return command;
    }
}
