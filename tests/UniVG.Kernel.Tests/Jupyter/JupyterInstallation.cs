using System.Diagnostics;
using UniVG.Kernel.Tests.CommandLine;

namespace UniVG.Kernel.Tests.Jupyter;

/// <summary>Debian's Jupyter, and the built kernel installed for it in a folder of its own, once per interrupt mode.</summary>
public sealed class JupyterInstallation : IAsyncLifetime
{
    private const string Python = "/usr/bin/python3";
    private readonly string _prefix = Directory.CreateTempSubdirectory("univg-jupyter-").FullName;

    public async ValueTask InitializeAsync()
    {
        foreach (var mode in new[] { "message", "signal" })
        {
            var (exitCode, _, errors) = await UniVGProgram.RunAsync(
                _prefix, "install", "--prefix", _prefix, "--name", $"univg-{mode}", "--interrupt-mode", mode);
            Assert.True(exitCode == 0, errors);
        }
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_prefix, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Runs a Python script that talks to the kernel; skips the test when the modules it needs are not there.</summary>
    public async Task<(int ExitCode, string Text)> PythonAsync(string modules, string workingDirectory, params string[] arguments)
    {
        Assert.SkipUnless(File.Exists(Python), $"{Python} is not installed");
        var (missing, _) = await RunAsync(_prefix, "-c", $"import {modules}");
        Assert.SkipUnless(missing == 0, $"{Python} has no {modules}");
        return await RunAsync(workingDirectory, arguments);
    }

    private async Task<(int ExitCode, string Text)> RunAsync(string workingDirectory, params string[] arguments)
    {
        var start = new ProcessStartInfo(Python, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["JUPYTER_PATH"] = Path.Combine(_prefix, "share", "jupyter");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
