using System.Collections.Concurrent;

namespace UniVG.Kernel.Scripting;

/// <summary>
/// The one thread on which cells begin. libtorch keeps state per thread (no_grad, the generator, TorchSharp's dispose scopes),
/// so what one cell sets there the next one finds.
/// </summary>
internal sealed class CellThread
{
    // Deep recursion over tensors and expressions overflows the usual stack of 1.5 MB on some systems.
    private const int StackSize = 16 << 20;

    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    public CellThread()
    {
        _thread = new Thread(Loop, StackSize) { IsBackground = true, Name = "UniVG cells" };
        _thread.Start();
    }

    /// <summary>Queues work; it sees the caller's execution context.</summary>
    public void Post(Action work)
    {
        var context = ExecutionContext.Capture();
        _work.Add(() =>
        {
            if (context is null) work();
            else ExecutionContext.Run(context, _ => work(), null);
        });
    }

    /// <summary>Ends a blocking wait of the running work and lets the thread end after it.</summary>
    public void Retire()
    {
        _work.CompleteAdding();
        _thread.Interrupt();
    }

    private void Loop()
    {
        try
        {
            foreach (var work in _work.GetConsumingEnumerable()) work();
        }
        catch (ThreadInterruptedException)
        {
            // Retired between two pieces of work.
        }
    }
}
