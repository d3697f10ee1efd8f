using System.Diagnostics;
using System.Globalization;
using UniVG.Diffusion.Images;
using UniVG.Kernel.Tests.CommandLine;
using UniVG.Notebooks.Runs;

namespace UniVG.Kernel.Tests.Runs;

/// <summary>Real processes on univg-tiny that are killed, taken up again and stopped.</summary>
public sealed class DetachedRunTests : IClassFixture<DetachedRunTests.StraightRun>, IDisposable
{
    private const int Steps = 30;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly string _folder = Directory.CreateTempSubdirectory("univg-detached-").FullName;
    private readonly StraightRun _straight;

    public DetachedRunTests(StraightRun straight)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "processes are killed with kill");
        _straight = straight;
        DrawImages(_folder);
    }

    private RunFolder Run => new(Path.Combine(_folder, "output", "model_lora-run"));

    public void Dispose()
    {
        if (WorkerProcess.Of(Run) is { IsAlive: true } worker) Kill(worker.Id);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_killed_notebook_is_resumed_bit_for_bit()
    {
        using (var process = Start("train", Training))
        {
            await UntilAsync(() => Directory.Exists(State(10)), process);
            Kill(process.Id);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.False(Directory.Exists(State(Steps)), "the process was not killed in time");
        await ResumeAsync();

        AssertEqualsStraightRun();
    }

    [Fact]
    public async Task A_detached_run_outlives_its_notebook_and_when_killed_is_resumed_bit_for_bit()
    {
        using (var notebook = Start("detach", $"#!univg train --detach {Settings}", "await Task.Delay(-1, cellToken);"))
        {
            await UntilAsync(() => StepsIn(Run) >= 1, notebook);
            Kill(notebook.Id);
            await notebook.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var seen = StepsIn(Run);
        await UntilAsync(() => StepsIn(Run) > seen && Directory.Exists(State(10)));
        var worker = WorkerProcess.Of(Run)!;
        Assert.True(worker.IsAlive);
        Kill(worker.Id);
        await UntilAsync(() => !worker.IsAlive);

        var (exitCode, output, _) = await UniVGProgram.RunAsync(_folder, "attach");
        Assert.Equal(1, exitCode);
        Assert.Contains("gone without a word", output, StringComparison.Ordinal);
        await ResumeAsync();

        AssertEqualsStraightRun();
    }

    [Fact]
    public async Task A_detached_run_is_followed_and_stopped_from_elsewhere()
    {
        var notebook = WriteNotebook("detach", "#!univg train --detach --steps 100000 --batch 1");
        Assert.Equal((0, ""), await RunNotebookAsync(notebook));
        using var follower = UniVGProgram.Start(_folder, "attach", "model_lora");
        var followed = follower.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await UntilAsync(() => StepsIn(Run) >= 2, follower);

        var (stopped, output, _) = await UniVGProgram.RunAsync(_folder, "stop", Run.Path);
        await follower.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, stopped);
        Assert.Contains("#!univg resume", output, StringComparison.Ordinal);
        Assert.Equal(0, follower.ExitCode);
        Assert.Contains("stopped after", await followed, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetDirectories(Path.Combine(_folder, "output"), "*-state"));
        Assert.Contains("ended before", (await UniVGProgram.RunAsync(_folder, "stop", Run.Path)).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_cannot_begin_says_why()
    {
        Directory.CreateDirectory(Run.Path);
        File.WriteAllText(Run.EventFile, "");

        var (exitCode, _, _) = await UniVGProgram.RunAsync(_folder, "work", Run.Path);
        var (attached, output, _) = await UniVGProgram.RunAsync(_folder, "attach", Run.Path);

        Assert.Equal((1, 1), (exitCode, attached));
        Assert.Contains("There is no run or folder", output, StringComparison.Ordinal);
    }

    private static string Settings => FormattableString.Invariant($"--steps {Steps} --batch 1 --save-every 10 --state-minutes 0");

    private static string Training => $"#!univg train {Settings}";

    private static void Kill(int process) => Process.Start("kill", ["-KILL", process.ToString(CultureInfo.InvariantCulture)]).WaitForExit();

    private static int StepsIn(RunFolder run) => File.Exists(run.EventFile) ? new RunFollower(run).Look().Step : 0;

    private static void DrawImages(string folder)
    {
        var concept = Directory.CreateDirectory(Path.Combine(folder, "data", "2_red")).FullName;
        for (var i = 0; i < 2; i++)
        {
            var image = new RgbImage(64, 64);
            Array.Fill(image.Pixels, (byte)(100 + (50 * i)));
            ImageFile.SavePng(image, Path.Combine(concept, $"{i}.png"));
        }
    }

    private static async Task UntilAsync(Func<bool> condition, Process? process = null)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (process is { HasExited: true }) Assert.Fail($"the process ended with {process.ExitCode}: {await process.StandardError.ReadToEndAsync()}");
            Assert.True(watch.Elapsed < Patience, "nothing happened for too long");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static string WriteCells(string folder, string name, params string[] cells)
    {
        var path = Path.Combine(folder, name + ".dib");
        File.WriteAllText(path, string.Join("\n\n", cells.Select(cell => $"#!csharp\n\n{cell}")));
        return path;
    }

    private static string[] Preparation => ["#!univg model tiny --device cpu", "#!univg data data --resolution 64", "#!univg lora --dim 1 --no-conv --dropout 0.2"];

    private string State(int step) => Path.Combine(_folder, "output", FormattableString.Invariant($"model_lora-step{step:D8}-state"));

    private string WriteNotebook(string name, params string[] cells) => WriteCells(_folder, name, [.. Preparation, .. cells]);

    private Process Start(string name, params string[] cells) => UniVGProgram.Start(_folder, "run", "--quiet", WriteNotebook(name, cells));

    private async Task<(int ExitCode, string Errors)> RunNotebookAsync(string path)
    {
        var (exitCode, _, errors) = await UniVGProgram.RunAsync(_folder, "run", "--quiet", path);
        return (exitCode, errors);
    }

    private async Task ResumeAsync() =>
        Assert.Equal((0, ""), await RunNotebookAsync(WriteCells(_folder, "resume", "#!univg resume", "#!univg train")));

    private void AssertEqualsStraightRun()
    {
        foreach (var file in (string[])["adapter.safetensors", "optimizer.safetensors"])
            Assert.Equal(File.ReadAllBytes(Path.Combine(_straight.LastState, file)), File.ReadAllBytes(Path.Combine(State(Steps), file)));
        Assert.Equal(
            ["model_lora-step00000010.safetensors", "model_lora-step00000020.safetensors", "model_lora-step00000030.safetensors", "model_lora.safetensors"],
            Directory.GetFiles(Path.Combine(_folder, "output"), "*.safetensors").Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(Steps + 1, File.ReadLines(Path.Combine(_folder, "output", "model_lora.csv")).Count());
    }

    /// <summary>The same run without anything in between.</summary>
    public sealed class StraightRun : IAsyncLifetime
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("univg-straight-").FullName;

        public string LastState => Path.Combine(_folder, "output", FormattableString.Invariant($"model_lora-step{Steps:D8}-state"));

        public async ValueTask InitializeAsync()
        {
            DrawImages(_folder);
            var notebook = WriteCells(_folder, "train", [.. Preparation, Training]);
            var (exitCode, _, errors) = await UniVGProgram.RunAsync(_folder, "run", "--quiet", notebook);
            Assert.Equal((0, ""), (exitCode, errors));
        }

        public ValueTask DisposeAsync()
        {
            Directory.Delete(_folder, recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
