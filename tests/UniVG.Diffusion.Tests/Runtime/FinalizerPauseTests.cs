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
