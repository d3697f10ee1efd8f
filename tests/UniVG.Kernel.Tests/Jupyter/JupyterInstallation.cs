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
        await SkipWithoutAsync(modules);
        return await RunAsync(workingDirectory, arguments);
    }

    /// <summary>Starts Jupyter Notebook; skips the test when it is not there.</summary>
    /// <param name="folder">The folder that it serves.</param>
    public async Task<NotebookServer> StartNotebookAsync(string folder)
    {
        await SkipWithoutAsync("notebook");
        return await NotebookServer.StartAsync(port => Start(
            folder, "-m", "notebook", "--allow-root", "--no-browser", "--ip=127.0.0.1", $"--port={port}", "--NotebookApp.port_retries=0", "--NotebookApp.token=",
            "--NotebookApp.password=", "--NotebookApp.enable_mathjax=False", $"--notebook-dir={folder}"));
    }

    private async Task SkipWithoutAsync(string modules)
    {
        Assert.SkipUnless(File.Exists(Python), $"{Python} is not installed");
        var (missing, _) = await RunAsync(_prefix, "-c", $"import {modules}");
        Assert.SkipUnless(missing == 0, $"{Python} has no {modules}");
    }

    private Process Start(string workingDirectory, params string[] arguments)
    {
        var start = new ProcessStartInfo(Python, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["JUPYTER_PATH"] = Path.Combine(_prefix, "share", "jupyter");
        start.Environment["JUPYTER_CONFIG_DIR"] = Path.Combine(_prefix, "config");
        start.Environment["JUPYTER_DATA_DIR"] = Path.Combine(_prefix, "data");
        start.Environment["JUPYTER_RUNTIME_DIR"] = Path.Combine(_prefix, "runtime");
        return Process.Start(start)!;
    }

    private async Task<(int ExitCode, string Text)> RunAsync(string workingDirectory, params string[] arguments)
    {
        using var process = Start(workingDirectory, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
