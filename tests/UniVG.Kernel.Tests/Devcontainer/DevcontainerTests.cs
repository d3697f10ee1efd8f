using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace UniVG.Kernel.Tests.Devcontainer;

/// <summary>The devcontainer as far as it can be tried without a container: its files, and what runs in a new one.</summary>
public sealed class DevcontainerTests : IDisposable
{
    private static readonly string Files = Path.Combine(Repository.Root, ".devcontainer");
    private static readonly JsonDocumentOptions WithComments = new() { CommentHandling = JsonCommentHandling.Skip };
    private readonly string _home = Directory.CreateTempSubdirectory("univg-home-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public void It_names_files_that_are_there_and_takes_a_GPU_where_there_is_one()
    {
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(Files, "devcontainer.json")), documentOptions: WithComments)!;

        Assert.True(File.Exists(Path.Combine(Files, (string)json["build"]!["dockerfile"]!)));
        Assert.Equal("optional", (string?)json["hostRequirements"]!["gpu"]);
        Assert.All(["postCreateCommand", "postAttachCommand"], (string step) => Assert.True(File.Exists(Path.Combine(Repository.Root, (string)json[step]!))));
        Assert.All(json["customizations"]!["codespaces"]!["openFiles"]!.AsArray(), file => Assert.True(File.Exists(Path.Combine(Repository.Root, (string)file!))));

        // The volume with the packages is mounted where NuGet looks for the user that the container runs as.
        Assert.Contains($"target=/home/{json["remoteUser"]}/.nuget/packages", (string)json["mounts"]![0]!, StringComparison.Ordinal);
        Assert.Contains($"USER {json["remoteUser"]}", File.ReadAllText(Path.Combine(Files, "Dockerfile")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_scripts_can_be_executed_and_shellcheck_finds_nothing()
    {
        Assert.SkipUnless(IsThere("shellcheck"), "shellcheck is not installed");
        var scripts = Directory.GetFiles(Files, "*.sh");

        Assert.Equal(3, scripts.Length);
        foreach (var script in scripts) Assert.Equal((0, ""), await RunAsync("test", "-x", script));
        Assert.Equal((0, ""), await RunAsync("shellcheck", scripts));
    }

    [Fact]
    public async Task Creating_it_builds_univg_and_Jupyter_finds_its_kernel()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && IsThere("jupyter"), "Jupyter is not installed");

        var (exitCode, output) = await RunAsync(Path.Combine(Files, "create.sh"));

        Assert.True(exitCode == 0, output);
        Assert.Contains($"Installed C# (UniVG) in {_home}/.local/share/jupyter/kernels/univg", output, StringComparison.Ordinal);
        Assert.Contains("UniVG doctor", output, StringComparison.Ordinal);
        Assert.Contains("univg", (await RunAsync("jupyter", "kernelspec", "list")).Output, StringComparison.Ordinal);
    }

    private static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    // Runs a program as a user who has nothing yet but the packages.
    private async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in (string[])["JUPYTER_DATA_DIR", "XDG_DATA_HOME"]) start.Environment.Remove(name);
        start.Environment["HOME"] = _home;
        start.Environment["NUGET_PACKAGES"] = Repository.NuGetPackages;
        start.Environment["UNIVG_TORCH_BACKEND"] = "cpu";

        // Build servers would outlive the script and keep the ends of our pipes open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
