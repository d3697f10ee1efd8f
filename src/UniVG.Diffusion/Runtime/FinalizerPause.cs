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
    private static readonly HashSet<FinalizerPause> Pauses = [];
    private static readonly AsyncLocal<FinalizerPause?> Innermost = new();
    private readonly FinalizerPause? _outer = Innermost.Value;

    private FinalizerPause() => Innermost.Value = this;

    /// <summary>Begins a pause; costs a quarter of a millisecond, nothing within another pause.</summary>
    public static FinalizerPause Begin()
    {
        var pause = new FinalizerPause();
        lock (Gate)
        {
            if (Pauses.Count == 0) Stop();
            Pauses.Add(pause);
        }

        return pause;
    }

    /// <summary>
    /// Ends the pauses around the calling code, also those that it began before an await or a task; for code that will never go on, such
    /// as on a thread that native code has lost.
    /// </summary>
    public static void EndAll()
    {
        lock (Gate)
        {
            for (var pause = Innermost.Value; pause is not null; pause = pause._outer) Pauses.Remove(pause);
            if (Pauses.Count == 0) MayGoOn.Set();
        }
    }

    /// <summary>Ends the pause; the last one waits until the finalizers have caught up.</summary>
    public void Dispose()
    {
        if (Innermost.Value == this) Innermost.Value = _outer;
        lock (Gate)
        {
            if (!Pauses.Remove(this) || Pauses.Count > 0) return;
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
