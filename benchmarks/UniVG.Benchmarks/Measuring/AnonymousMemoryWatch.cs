namespace UniVG.Benchmarks.Measuring;

/// <summary>Follows the anonymous memory of a process while something runs; Linux keeps no peak of it.</summary>
internal sealed class AnonymousMemoryWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);
    private readonly int _process;
    private readonly double _before;
    private readonly ManualResetEventSlim _done = new();
    private readonly Thread _thread;
    private double _peak;

    public AnonymousMemoryWatch(int process)
    {
        _process = process;
        _before = ProcessMemory.AnonymousMiB(process);
        _thread = new Thread(Follow) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>The most there was at a time.</summary>
    public double Peak => Math.Max(_peak, ProcessMemory.AnonymousMiB(_process));

    /// <summary>Ends the watch.</summary>
    /// <returns>How far the memory rose above where it was at the start.</returns>
    public double Stop()
    {
        _done.Set();
        _thread.Join();
        _peak = Peak;
        return Math.Max(0, _peak - _before);
    }

    public void Dispose()
    {
        Stop();
        _done.Dispose();
    }

    private void Follow()
    {
        while (!_done.Wait(Interval)) _peak = Peak;
    }
}
