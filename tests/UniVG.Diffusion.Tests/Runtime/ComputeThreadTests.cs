using UniVG.Diffusion.Runtime;

namespace UniVG.Diffusion.Tests.Runtime;

public sealed class ComputeThreadTests
{
    [Fact]
    public async Task Work_on_a_thread_that_native_code_loses_fails_and_what_waits_behind_it_is_done_on_another()
    {
        using var thread = new ComputeThread("test");
        using var isQueued = new ManualResetEventSlim();
        var first = await thread.Run(() => Thread.CurrentThread);

        var lost = thread.Run(() =>
        {
            isQueued.Wait();
            Assert.True(ComputeThread.TryAbandon("shapes do not fit"));
            Thread.Sleep(Timeout.Infinite);
            return 0;
        });
        var behind = thread.Run(() => (Thread.CurrentThread, thread.IsCurrent));
        isQueued.Set();

        Assert.Equal("libtorch failed: shapes do not fit.", (await Assert.ThrowsAsync<LostThreadException>(() => lost)).Message);
        var (second, isCurrent) = await behind;
        Assert.NotSame(first, second);
        Assert.True(isCurrent);
    }

    [Fact]
    public void Other_threads_are_not_abandoned() => Assert.False(ComputeThread.TryAbandon("anything"));
}
