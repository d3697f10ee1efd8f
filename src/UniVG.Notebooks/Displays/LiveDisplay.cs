using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Displays;

/// <summary>
/// Keeps one display up to date without ever holding up whoever posts: <see cref="Post"/> only leaves the newest value, a timer
/// draws it, at most three times a second by default. A display that is slow or throws costs updates, nothing else.
/// </summary>
/// <typeparam name="T">What is shown; must not change after it was posted.</typeparam>
public sealed class LiveDisplay<T> : IDisposable
    where T : class
{
    /// <summary>Drawing and showing get at most one part in so many of a core's time; a costly view is shown less often.</summary>
    private const int Thrift = 100;

    /// <summary>How far the interval may grow, so that a machine that was busy for a moment is not left without news.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>How long the end waits for an update that is still under way.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly IDisplay _display;
    private readonly Func<T, MimeBundle> _draw;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Lock _drawing = new();
    private T? _pending;
    private long _lastDrawn;
    private TimeSpan _pause;
    private TimeSpan _lastCost;
    private int _isScheduled;
    private volatile bool _isFinished;

    /// <summary>Starts with nothing posted.</summary>
    /// <param name="display">What to update.</param>
    /// <param name="draw">Turns a value into a bundle; called on a timer thread, never twice at once.</param>
    /// <param name="interval">The least time between two updates; default 333 ms. It grows where drawing is slow.</param>
    /// <param name="time">The clock; default the system's.</param>
    public LiveDisplay(IDisplay display, Func<T, MimeBundle> draw, TimeSpan? interval = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(display);
        ArgumentNullException.ThrowIfNull(draw);
        _display = display;
        _draw = draw;
        _pause = _interval = interval ?? TimeSpan.FromMilliseconds(333);
        _time = time ?? TimeProvider.System;
        _lastDrawn = _time.GetTimestamp() - (long)(_interval.TotalSeconds * _time.TimestampFrequency);
        // Created here, on the cell's thread: a timer keeps the execution context in which .NET Interactive finds its cell.
        _timer = _time.CreateTimer(_ => DrawPending(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The first error of drawing or showing; null when all went well. Updates go on after an error.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Leaves a value to be shown soon, replacing one that was not shown yet. Returns at once and never throws.</summary>
    public void Post(T value)
    {
        Volatile.Write(ref _pending, value);
        if (!_isFinished && Interlocked.Exchange(ref _isScheduled, 1) == 0)
            Schedule();
    }

    /// <summary>
    /// Shows the last value and ends the updates. Waits only a few seconds for an update that hangs, and keeps an error in
    /// <see cref="Fault"/> instead of throwing it. Further calls and posts do nothing.
    /// </summary>
    public void Finish(T value)
    {
        if (_isFinished)
            return;
        Dispose();
        Show(value, isLast: true);
    }

    /// <summary>
    /// Ends the updates; a value still waiting is not shown. When it returns, no update is under way any more (unless one hangs for
    /// seconds), so what is shown next stays.
    /// </summary>
    public void Dispose()
    {
        _isFinished = true;
        _timer.Dispose();
        if (_drawing.TryEnter(Patience))
            _drawing.Exit();
    }

    private void Schedule()
    {
        var wait = _pause - _time.GetElapsedTime(Volatile.Read(ref _lastDrawn));
        _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void DrawPending()
    {
        lock (_drawing)
        {
            // Open for the next post before the value is taken: a post in between schedules one update too many, never one too few.
            Volatile.Write(ref _isScheduled, 0);
            if (!_isFinished && Interlocked.Exchange(ref _pending, null) is { } value)
                Show(value, isLast: false);
        }
    }

    private void Show(T value, bool isLast)
    {
        var start = _time.GetTimestamp();
        try
        {
            var bundle = _draw(value);
            // Drawing may have taken longer than Finish was ready to wait.
            if (isLast || !_isFinished)
                _display.Update(bundle);
        }
#pragma warning disable CA1031 // Whatever a client or a view does wrong, training goes on.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Fault ??= fault;
        }
        finally
        {
            Volatile.Write(ref _lastDrawn, _time.GetTimestamp());

            // The first drawing, compiled on the way, is slow and proves nothing; two slow ones in a row do.
            var cost = _time.GetElapsedTime(start);
            _pause = TimeSpan.FromTicks(Math.Max(_interval.Ticks, Math.Min(Math.Min(cost.Ticks, _lastCost.Ticks) * Thrift, LongestPause.Ticks)));
            _lastCost = cost;
        }
    }
}
