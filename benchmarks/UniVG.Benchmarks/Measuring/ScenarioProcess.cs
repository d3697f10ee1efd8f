using System.Diagnostics;
using System.Text.Json;
using UniVG.Diffusion.Runtime;

namespace UniVG.Benchmarks.Measuring;

/// <summary>Runs a scenario in a process of its own, so that the peak of one does not hide that of another.</summary>
internal static class ScenarioProcess
{
    /// <summary>The first argument of such a process.</summary>
    public const string Switch = "--in-this-process";

    /// <summary>Runs the scenario; null where its process failed, having said why on the error stream.</summary>
    public static ScenarioResult? Run(string name, BenchmarkOptions options)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };

        // As the notebook's kernel is started.
        start.Environment.TryAdd(LargePages.StartVariable.Key, LargePages.StartVariable.Value);

        // 'dotnet UniVG.Benchmarks.dll' is the runtime's process, which needs the program's name again.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        foreach (var argument in (string[])[Switch, JsonSerializer.Serialize(options), name]) start.ArgumentList.Add(argument);

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? JsonSerializer.Deserialize<ScenarioResult>(output) : null;
    }
}
