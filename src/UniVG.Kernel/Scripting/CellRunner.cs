using System.Runtime;

namespace UniVG.Kernel.Scripting;

/// <summary>Begins cells on the cell thread and stops them when they are interrupted.</summary>
internal sealed class CellRunner : IDisposable
{
    private CellThread? _thread;

    /// <summary>How long an interrupted cell may take to notice its token before it is stopped by force.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How long a cell stopped by force may take to unwind, at each step.</summary>
    public TimeSpan UnwindTime { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Runs code that stops cleanly by itself; it is always waited for.</summary>
    public Task RunPatientlyAsync(Func<Task> start) => RunAsync(
        async () =>
        {
            await start();
            return true;
        },
        CancellationToken.None);

    /// <summary>
    /// Runs code that may not look at its token. Four steps: the token alone; an interrupt of blocking waits; an abort of busy loops;
    /// then the cell is abandoned.
    /// </summary>
    /// <exception cref="NativeErrorException">Native code threw what nobody catches.</exception>
    /// <exception cref="CellAbandonedException">The code could not be stopped; its continuations go on in the background.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> start, CancellationToken cancellationToken)
    {
        try
        {
            return await AttemptAsync(start, cancellationToken);
        }
        catch (NativeErrorException)
        {
            // Its thread never comes back.
            Retire();
            throw;
        }
    }

    public void Dispose() => _thread?.Retire();

    private async Task<T> AttemptAsync<T>(Func<Task<T>> start, CancellationToken cancellationToken)
    {
        var attempt = new Attempt<T>(Thread, start);
        if (await Completes(attempt.Result, cancellationToken) || await Completes(attempt.Result, Grace)) return await attempt.Result;

        // Code that has reached its first await is on no thread that could be interrupted.
        if (attempt.IsAwaiting) throw new CellAbandonedException();

        // The thread is given up: an interrupt may reach it late, and an abort works once per thread.
        Retire();
        if (await Completes(attempt.Result, UnwindTime)) return await attempt.Result;

        // Only now: an abort that meets a thread which is ending by itself may leave locks behind.
        attempt.Abort();
        return await Completes(attempt.Result, UnwindTime) ? await attempt.Result : throw new CellAbandonedException();
    }

    private void Retire()
    {
        _thread?.Retire();
        _thread = null;
    }

    private CellThread Thread => _thread ??= new CellThread();

    private static async Task<bool> Completes(Task task, CancellationToken cancellationToken)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.Register(() => cancelled.TrySetResult());
        return await Task.WhenAny(task, cancelled.Task) == task;
    }

    private static async Task<bool> Completes(Task task, TimeSpan time) => await Task.WhenAny(task, Task.Delay(time)) == task;

    private sealed class Attempt<T>
    {
        private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenSource _abort = new();
        private volatile bool _isAwaiting;

        public Attempt(CellThread thread, Func<Task<T>> start) => thread.Post(() => Begin(start));

        public Task<T> Result => _result.Task;

        /// <summary>Whether the code has given its thread back.</summary>
        public bool IsAwaiting => _isAwaiting;

        // Cancel blocks until the thread is aborted; a thread inside native code may take for ever.
        public void Abort() => Task.Run(_abort.Cancel);

        private void Begin(Func<Task<T>> start)
        {
            NativeErrors.Handler = error => _result.TrySetException(error);
            try
            {
                var running = StartAbortably(start);
                _isAwaiting = true;
                running.ContinueWith(
                    finished => _result.TrySetFromTask(finished),
                    CancellationToken.None,
                    TaskContinuationOptions.ExecuteSynchronously,
                    TaskScheduler.Default);
            }
            catch (Exception e)
            {
                _result.TrySetException(e);
            }
        }

        private Task<T> StartAbortably(Func<Task<T>> start)
        {
            Task<T>? running = null;
#pragma warning disable SYSLIB0046 // The one way to stop a busy loop in code that cannot be changed; meant for script hosts.
            ControlledExecution.Run(() => running = start(), _abort.Token);
#pragma warning restore SYSLIB0046
            return running!;
        }
    }
}
