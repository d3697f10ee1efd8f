using System.Diagnostics;
using TorchSharp;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Runtime;

namespace UniVG.Diffusion.Tests.Runtime;

/// <summary>Memory beyond a bound: libtorch's request fails, and everything goes on.</summary>
public sealed class MemoryBoundTests
{
    private const long MiB = 1 << 20;

    public MemoryBoundTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void What_is_asked_for_beyond_the_bound_is_an_exception_that_is_explained_and_smaller_things_are_had()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Only Linux promises more memory than there is.");
        using (MemoryBound.Begin(free: 512 * MiB))
        {
            var refused = Assert.ThrowsAny<Exception>(() => torch.zeros(1024 * MiB / sizeof(float)));
            Assert.StartsWith("The memory ran out", DeviceFailure.Explain(refused)!.Message, StringComparison.Ordinal);
            Assert.Equal(0, Zeros(128 * MiB));
        }

        Assert.Equal(0, Zeros(1024 * MiB));
    }

    [Fact]
    public void The_bound_goes_with_the_last_that_asked_for_it()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Only Linux promises more memory than there is.");
        var (first, second) = (MemoryBound.Begin(free: 4096 * MiB)!, MemoryBound.Begin(free: 512 * MiB)!);
        first.Dispose();
        Assert.ThrowsAny<Exception>(() => torch.zeros(1024 * MiB / sizeof(float)));
        second.Dispose();
        Assert.Equal(0, Zeros(1024 * MiB));
    }

    [Fact]
    public async Task A_compute_thread_is_refused_more_than_the_machine_has()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Only Linux promises more memory than there is.");
        var total = FreeMemory.SystemTotal!.Value;
        using var thread = new ComputeThread("test");

        // Many requests, each of which the system would grant.
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => thread.Run(() =>
        {
            using var scope = torch.NewDisposeScope();
            for (long taken = 0; taken < 2 * total; taken += total / 8) torch.empty(total / 8 / sizeof(float));
            return 0;
        }));
        Assert.True(DeviceFailure.IsOutOfMemory(refused));
        Assert.Equal(0, await thread.Run(() => Zeros(64 * MiB)));
    }

    [Fact]
    public void A_file_that_is_mapped_takes_nothing_of_what_is_free()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Only Linux promises more memory than there is.");
        var path = Path.GetTempFileName();
        try
        {
            using (var file = File.OpenWrite(path)) file.SetLength(1024 * MiB);
            using var bound = MemoryBound.Begin(free: 256 * MiB);
            using var mapped = new MappedFile(path, 1024 * MiB);

            using var whole = mapped.Read(torch.ScalarType.Float32, 0, 1024 * MiB / sizeof(float));
            Assert.Equal(1024 * MiB / sizeof(float), whole.numel());
            Assert.ThrowsAny<Exception>(() => torch.zeros(512 * MiB / sizeof(float)));
            Assert.Equal(0, Zeros(64 * MiB));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task What_the_allocator_kept_cannot_be_taken_beyond_the_bound_either()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Only Linux promises more memory than there is.");
        var cancellation = TestContext.Current.CancellationToken;
        using var scope = torch.NewDisposeScope();
        var kept = Enumerable.Range(0, 40).Select(_ => torch.empty(8 * MiB / sizeof(float))).ToList();
        using var bound = MemoryBound.Begin(free: 128 * MiB);
        MemoryBound.ThrowIfUsedUp();

        // Mapped before the bound was set, and touched only now.
        foreach (var block in kept) block.fill_(1);
        while (Record.Exception(MemoryBound.ThrowIfUsedUp) is not InsufficientMemoryException) await Task.Delay(5, cancellation);
        bound!.Dispose();
        MemoryBound.ThrowIfUsedUp();
    }

    [Fact]
    public void Programs_that_are_started_meanwhile_are_not_bound()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Only Linux promises more memory than there is.");
        var unbound = Limit();
        using var bound = MemoryBound.Begin(free: 512 * MiB);
        Assert.Equal(unbound, Limit());
        Assert.ThrowsAny<Exception>(() => torch.zeros(1024 * MiB / sizeof(float)));

        static string Limit()
        {
            using var shell = ChildProcess.Start(new ProcessStartInfo("/bin/sh", ["-c", "ulimit -S -d"]) { RedirectStandardOutput = true });
            return shell.StandardOutput.ReadToEnd();
        }
    }

    private static float Zeros(long bytes)
    {
        using var zeros = torch.zeros(bytes / sizeof(float));
        using var last = zeros[-1];
        return last.ToSingle();
    }
}
