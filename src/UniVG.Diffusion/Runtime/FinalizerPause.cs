using System.Runtime.CompilerServices;

namespace UniVG.Diffusion.Runtime;

/// <summary>
/// Keeps the thread of the finalizers waiting while tensors are worked on: <c>using var pause = FinalizerPause.Begin();</c> around a step
/// of training or a batch of pictures.
/// </summary>
/// <remarks>
/// TorchSharp 0.107 does not keep the scalar of <c>x * 2</c>, or a tensor outside any scope, alive while libtorch works with it. A
/// collection that another thread starts in that moment can free it first; then the operation fails ("Expected false to be true", in
/// Scalar.h), takes another number, or ends the process. Finalizers run between pauses only, so whatever is in use is freed later.
/// </remarks>
public sealed class FinalizerPause : IDisposable
{
    private const int Attempts = 10;
    private const int MillisecondsAnAttempt = 50;

    private static readonly Lock Gate = new();
    private static readonly ManualResetEventSlim MayGoOn = new(initialState: true);
    private static readonly ManualResetEventSlim IsWaiting = new(initialState: false);
    private static int _pauses;
    private bool _isOver;

    private FinalizerPause()
    {
    }

    /// <summary>Begins a pause; costs a quarter of a millisecond, nothing within another pause.</summary>
    public static FinalizerPause Begin()
    {
        lock (Gate)
        {
            if (_pauses++ == 0) Stop();
        }

        return new FinalizerPause();
    }

    /// <summary>Ends the pause; the last one waits until the finalizers have caught up.</summary>
    public void Dispose()
    {
        lock (Gate)
        {
            if (_isOver) return;
            _isOver = true;
            if (--_pauses > 0) return;
            MayGoOn.Set();
        }

        GC.WaitForPendingFinalizers();
    }

    // Returns when the thread is known to wait; where it is busy for long, work goes on without the pause.
    private static void Stop()
    {
        MayGoOn.Reset();
        IsWaiting.Reset();
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            DropBarrier();
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
            if (IsWaiting.Wait(MillisecondsAnAttempt)) return;
        }
    }

    // In a method of its own, so that no local variable keeps the barrier alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DropBarrier() => _ = new Barrier();

    private sealed class Barrier
    {
        ~Barrier()
        {
            IsWaiting.Set();
            MayGoOn.Wait();
        }
    }
}
