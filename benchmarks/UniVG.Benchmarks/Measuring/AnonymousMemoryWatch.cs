namespace UniVG.Benchmarks.Measuring;

/// <summary>Follows the anonymous memory while something runs; Linux keeps no peak of it.</summary>
internal sealed class AnonymousMemoryWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);
    private readonly double _before = ProcessMemory.AnonymousMiB;
    private readonly ManualResetEventSlim _done = new();
    private readonly Thread _thread;
    private double _peak;

    public AnonymousMemoryWatch()
    {
        _thread = new Thread(Follow) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Ends the watch.</summary>
    /// <returns>How far the memory rose above where it was at the start.</returns>
    public double Stop()
    {
        _done.Set();
        _thread.Join();
        return Math.Max(0, Math.Max(_peak, ProcessMemory.AnonymousMiB) - _before);
    }

    public void Dispose() => _done.Dispose();

    private void Follow()
    {
        while (!_done.Wait(Interval)) _peak = Math.Max(_peak, ProcessMemory.AnonymousMiB);
    }
}
