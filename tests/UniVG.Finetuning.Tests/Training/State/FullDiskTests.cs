using System.Diagnostics;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.State;

namespace UniVG.Finetuning.Tests.Training.State;

/// <summary>A run whose output folder is a file system of a few megabytes.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly TinyRun _tiny = new();
    private readonly bool _isMounted;

    public FullDiskTests()
    {
        Directory.CreateDirectory(_tiny.Files.Folder);
        _isMounted = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && Run("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", _tiny.Files.Folder);
    }

    public void Dispose()
    {
        if (_isMounted) Run("umount", _tiny.Files.Folder);
        _tiny.Dispose();
    }

    [Fact]
    public async Task A_full_disk_costs_a_save_and_nothing_else()
    {
        Assert.SkipUnless(_isMounted, "a small file system can be mounted by root on Linux only");
        var token = TestContext.Current.CancellationToken;
        var failures = new List<string>();
        var kept = _tiny.Begin(new LoraConfig { Dim = 1, ConvDim = 0 }, new TrainingConfig { Steps = 6 }, new SaveSchedule { EverySteps = 2 });
        kept.Keeper.Failed += failures.Add;
        await kept.Run.StepAsync(3, cancellationToken: token);
        Fill();
        await kept.Run.StepAsync(1, cancellationToken: token);

        Assert.Contains(failures, failure => failure.Contains("state cannot be saved", StringComparison.Ordinal));
        Assert.Equal(2, StateSearch.FindNewest(_tiny.Files.Folder).Found.State.Step);
        Assert.Empty(Directory.GetDirectories(_tiny.Files.Folder, "*.partial"));

        File.Delete(Filler);
        failures.Clear();
        await kept.Run.RunToEndAsync(cancellationToken: token);
        Assert.Empty(failures);
        Assert.Equal(6, StateSearch.FindNewest(_tiny.Files.Folder).Found.State.Step);
        TinyRun.Finish(kept);
    }

    private string Filler => Path.Combine(_tiny.Files.Folder, "filler");

    private void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) file.Write(new byte[4096]);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
