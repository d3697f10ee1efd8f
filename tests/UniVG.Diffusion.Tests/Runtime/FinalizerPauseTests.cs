using System.Runtime.CompilerServices;
using UniVG.Diffusion.Runtime;

namespace UniVG.Diffusion.Tests.Runtime;

public sealed class FinalizerPauseTests
{
    private static int _finalized;

    [Fact]
    public void Finalizers_run_after_the_last_pause_only()
    {
        Volatile.Write(ref _finalized, 0);
        using (FinalizerPause.Begin())
        {
            using (FinalizerPause.Begin()) Drop(100);
            GC.Collect();
            Assert.Equal(0, Volatile.Read(ref _finalized));
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(100, Volatile.Read(ref _finalized));
    }

    [Fact]
    public void A_pause_ends_once()
    {
        var first = FinalizerPause.Begin();
        using var second = FinalizerPause.Begin();
        first.Dispose();
        first.Dispose();
        Volatile.Write(ref _finalized, 0);
        Drop(10);
        GC.Collect();
        Assert.Equal(0, Volatile.Read(ref _finalized));
    }

    [Fact]
    public async Task Pauses_of_code_that_never_goes_on_end_with_those_it_began_before_a_task_but_not_others()
    {
        Volatile.Write(ref _finalized, 0);
        using var outer = FinalizerPause.Begin();
        await Task.Run(() =>
        {
            _ = FinalizerPause.Begin();
            FinalizerPause.EndAll();
        }, TestContext.Current.CancellationToken);
        Drop(10);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(10, Volatile.Read(ref _finalized));

        using var later = FinalizerPause.Begin();
        outer.Dispose();
        Drop(10);
        GC.Collect();
        Assert.Equal(10, Volatile.Read(ref _finalized));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Drop(int count)
    {
        for (var i = 0; i < count; i++) _ = new Counted();
    }

    private sealed class Counted
    {
        ~Counted() => Interlocked.Increment(ref _finalized);
    }
}
