using System.Diagnostics;

namespace UniVG.Kernel.Tests.CommandLine;

/// <summary>The built <c>univg</c> program, as a child process.</summary>
internal static class UniVGProgram
{
    /// <summary>The program that was built with these tests.</summary>
    public static string Dll { get; } = Path.Combine(AppContext.BaseDirectory, "univg.dll");

    /// <summary>Starts the program with its output redirected.</summary>
    public static Process Start(string workingDirectory, params string[] arguments) => Start(workingDirectory, [], arguments);

    /// <summary>Runs the program to its end.</summary>
    public static Task<(int ExitCode, string Output, string Errors)> RunAsync(string workingDirectory, params string[] arguments) =>
        RunAsync(workingDirectory, [], arguments);

    /// <summary>Runs the program to its end, with some environment variables of its own.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        string workingDirectory, Dictionary<string, string> environment, params string[] arguments)
    {
        using var process = Start(workingDirectory, environment, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }

    private static Process Start(string workingDirectory, Dictionary<string, string> environment, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Dll, .. arguments])
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
