using System.Diagnostics;

namespace UniVG.Kernel.Tests.CommandLine;

public sealed class RunCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-program-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Run_writes_the_executed_notebook_below_the_current_directory()
    {
        var (exitCode, output, errors) = await UniVGProgram.RunAsync(_folder, "run", Fixture("succeed"));

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Matches(@"\[1/2\]\s+\d+\.\d s  var x = 20;", output);
        Assert.True(File.Exists(Path.Combine(_folder, "output", "succeed.ipynb")));
    }

    [Fact]
    public async Task A_failing_cell_gives_exit_code_1_and_is_told_on_stderr()
    {
        var (exitCode, _, errors) = await UniVGProgram.RunAsync(_folder, "run", Fixture("fail"), "--quiet", "--output", "x.ipynb");

        Assert.Equal(1, exitCode);
        Assert.Contains("System.InvalidOperationException: boom", errors, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder, "x.ipynb")));
    }

    [Theory]
    [InlineData("run")]
    [InlineData("run", "a.ipynb", "--timeout", "0")]
    [InlineData("run", "a.ipynb", "--timeout", "soon")]
    [InlineData("run", "a.ipynb", "--timeout", "1e300")]
    [InlineData("run", "a.ipynb", "-p", "a=1", "-p", "a=2")]
    [InlineData("run", "a.ipynb", "b.ipynb", "--output", "c.ipynb")]
    [InlineData("run", "a.ipynb", "x/a.ipynb")]
    [InlineData("run", "a.ipynb", "-p", "no-value")]
    [InlineData("run", "a.ipynb", "-p", "class=1")]
    [InlineData("fly")]
    public async Task A_wrong_command_line_gives_exit_code_2(params string[] arguments) =>
        Assert.Equal(2, (await UniVGProgram.RunAsync(_folder, arguments)).ExitCode);

    [Fact]
    public async Task A_missing_notebook_is_one_sentence()
    {
        var (exitCode, _, errors) = await UniVGProgram.RunAsync(_folder, "run", "absent.ipynb");

        Assert.Equal((1, "There is no notebook 'absent.ipynb'."), (exitCode, errors.Trim()));
    }

    [Fact]
    public async Task Interrupting_writes_what_was_executed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "signals are sent with kill");
        var notebook = Path.Combine(_folder, "endless.ipynb");
        File.WriteAllText(notebook, """
            {"cells":[{"cell_type":"code","execution_count":null,"metadata":{},"outputs":[],
            "source":"File.WriteAllText(\"started\", \"\");\nawait Task.Delay(-1, cellToken);"}],"metadata":{},"nbformat":4,"nbformat_minor":4}
            """);
        using var process = UniVGProgram.Start(_folder, "run", notebook);
        while (!File.Exists(Path.Combine(_folder, "started")) && !process.HasExited) await Task.Delay(50, TestContext.Current.CancellationToken);

        Process.Start("kill", ["-INT", $"{process.Id}"]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(130, process.ExitCode);
        Assert.Contains("KeyboardInterrupt", File.ReadAllText(Path.Combine(_folder, "output", "endless.ipynb")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_program_tells_its_version_and_helps()
    {
        var (_, version, _) = await UniVGProgram.RunAsync(_folder, "--version");
        var (exitCode, help, _) = await UniVGProgram.RunAsync(_folder, "run", "--help");

        Assert.StartsWith(KernelIdentity.Version, version, StringComparison.Ordinal);
        Assert.Equal(0, exitCode);
        Assert.Contains("univg run notebooks/01-lora.ipynb", help, StringComparison.Ordinal);
    }

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Notebooks", $"{name}.ipynb");
}
