using System.Text.Json.Nodes;

namespace UniVG.Kernel.Tests.CommandLine;

public sealed class InstallCommandTests : IDisposable
{
    private readonly string _prefix = Directory.CreateTempSubdirectory("univg-install-").FullName;

    public void Dispose() => Directory.Delete(_prefix, recursive: true);

    [Fact]
    public async Task The_installed_kernel_names_this_program_and_can_be_removed()
    {
        var installed = await UniVGProgram.RunAsync(_prefix, "install", "--prefix", _prefix, "--name", "mine");

        var folder = Path.Combine(_prefix, "share", "jupyter", "kernels", "mine");
        var spec = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "kernel.json")))!;
        Assert.Equal(0, installed.ExitCode);
        Assert.Equal(("C# (UniVG)", "C#", "message"), ((string?)spec["display_name"], (string?)spec["language"], (string?)spec["interrupt_mode"]));
        Assert.Equal([UniVGProgram.Dll, "kernel", "{connection_file}"], spec["argv"]!.AsArray().Skip(1).Select(a => (string?)a));
        Assert.True(Path.IsPathRooted((string?)spec["argv"]![0]));
        Assert.Equal("glibc.malloc.hugetlb=1", (string?)spec["env"]!["GLIBC_TUNABLES"]);

        Assert.Equal(0, (await UniVGProgram.RunAsync(_prefix, "uninstall", "--prefix", _prefix, "--name", "mine")).ExitCode);
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task Removing_what_is_not_there_is_one_sentence()
    {
        var (exitCode, _, errors) = await UniVGProgram.RunAsync(_prefix, "uninstall", "--prefix", _prefix);

        Assert.Equal(1, exitCode);
        Assert.StartsWith("There is no kernel 'univg'", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--user", "--prefix", "x")]
    [InlineData("--name", "../evil")]
    [InlineData("--interrupt-mode", "shout")]
    public async Task Wrong_options_give_exit_code_2(params string[] options) =>
        Assert.Equal(2, (await UniVGProgram.RunAsync(_prefix, ["install", .. options])).ExitCode);
}
