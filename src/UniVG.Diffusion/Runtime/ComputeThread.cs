using System.Collections.Concurrent;

namespace UniVG.Diffusion.Runtime;

/// <summary>
/// A thread on which a model trains or draws, call after call. libtorch keeps cuDNN's plans a thread, so that each new thread would begin
/// with hundreds of milliseconds of planning; and dispose scopes, gradient mode and CUDA's present stream belong to a thread as well.
/// </summary>
public sealed class ComputeThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Lazy<Thread> _thread;

    /// <summary>Prepares the thread, which its first work starts: what was made and never used leaves none behind.</summary>
    /// <param name="name">What debuggers call it.</param>
    public ComputeThread(string name) => _thread = new Lazy<Thread>(() =>
    {
        var thread = new Thread(Loop) { IsBackground = true, Name = name };
        thread.Start();
        return thread;
    });

    /// <summary>Whether the caller is on the thread, so that waiting for its work would never end.</summary>
    public bool IsCurrent => _thread.IsValueCreated && _thread.Value == Thread.CurrentThread;

    /// <summary>Does work on the thread, after what it was given before.</summary>
    /// <param name="work">What to do; what it throws, the task throws.</param>
    public Task<T> Run<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var context = ExecutionContext.Capture();
        _ = _thread.Value;
        _work.Add(() =>
        {
            if (context is null) Do();
            else ExecutionContext.Run(context, _ => Do(), null);
        });
        return done.Task;

        void Do()
        {
            try
            {
                done.SetResult(work());
            }
            catch (OperationCanceledException e)
            {
                done.SetCanceled(e.CancellationToken);
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        }
    }

    /// <summary>Lets the thread end after the work it was given.</summary>
    public void Dispose() => _work.CompleteAdding();

    private void Loop()
    {
        foreach (var work in _work.GetConsumingEnumerable()) work();
    }
}
