using System.Collections.Concurrent;

namespace UniVG.Diffusion.Runtime;

/// <summary>
/// A thread on which a model trains or draws, call after call. libtorch keeps cuDNN's plans a thread, so that each new thread would begin
/// with hundreds of milliseconds of planning; and dispose scopes, gradient mode and CUDA's present stream belong to a thread as well. While it
/// works, memory that is not there is refused (<see cref="MemoryBound"/>).
/// </summary>
public sealed class ComputeThread : IDisposable
{
    [ThreadStatic]
    private static ComputeThread? Present;

    private readonly BlockingCollection<Action> _work = [];
    private readonly Lock _gate = new();
    private readonly string _name;
    private bool _isStarted;
    private Action<Exception>? _fail;
    private MemoryBound? _bound;

    /// <summary>Prepares the thread, which its first work starts: what was made and never used leaves none behind.</summary>
    /// <param name="name">What debuggers call it.</param>
    public ComputeThread(string name) => _name = name;

    /// <summary>Whether the caller is on the thread, so that waiting for its work would never end.</summary>
    public bool IsCurrent => Present == this;

    /// <summary>
    /// To be called by what finds that the present thread will never come back from native code: the thread's work fails, and what is
    /// queued behind it gets another thread.
    /// </summary>
    /// <param name="what">What native code said.</param>
    /// <returns>Whether the present thread is one for computing; where not, nothing is done.</returns>
    public static bool TryAbandon(string what)
    {
        if (Present is not { } present) return false;

        // First the bound goes: what memory ran out for has no room for another thread.
        present._bound?.Dispose();
        present._fail!(new LostThreadException(what));
        present.Start();
        return true;
    }

    /// <summary>
    /// Does work on a thread that ends with it, and waits. Every thread that ever ran an operation keeps a team of OpenMP threads. Where
    /// teams together are more threads than the machine has, they sleep after each operation, and a training wakes them thousands of times a step.
    /// </summary>
    /// <param name="work">What to do; what it throws, this throws.</param>
    public static T RunOnce<T>(Func<T> work)
    {
        using var thread = new ComputeThread("UniVG preparing");
        return thread.Run(work).GetAwaiter().GetResult();
    }

    /// <summary>Does work on the thread, after what it was given before.</summary>
    /// <param name="work">What to do; what it throws, the task throws.</param>
    public Task<T> Run<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var context = ExecutionContext.Capture();
        lock (_gate)
        {
            if (!_isStarted) Start();
            _isStarted = true;
        }

        _work.Add(() =>
        {
            _fail = e => done.TrySetException(e);
            if (context is null) Do();
            else ExecutionContext.Run(context, _ => Do(), null);
        });
        return done.Task;

        T Bounded()
        {
            // With CUDA it is the GPU's memory that runs out, and the driver maps what it likes.
            _bound = TorchRuntime.EnsureLoaded().HasCudaLibraries ? null : MemoryBound.Begin();
            using (_bound) return work();
        }

        void Do()
        {
            try
            {
                done.TrySetResult(Bounded());
            }
            catch (OperationCanceledException e)
            {
                done.TrySetCanceled(e.CancellationToken);
            }
            catch (Exception e)
            {
                // All that was asked for before is free by now; kept for this thread, nothing else could have it.
                if (DeviceFailure.IsOutOfMemory(e)) NativeHeap.GiveBack();
                done.TrySetException(e);
            }
        }
    }

    /// <summary>Lets the thread end after the work it was given.</summary>
    public void Dispose() => _work.CompleteAdding();

    private void Start() => new Thread(Loop) { IsBackground = true, Name = _name }.Start();

    private void Loop()
    {
        Present = this;
        foreach (var work in _work.GetConsumingEnumerable()) work();
    }
}
