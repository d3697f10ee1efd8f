using System.Text;
using UniVG.Kernel.Execution;
using UniVG.Kernel.Jupyter.Protocol;

namespace UniVG.Kernel.Jupyter;

/// <summary>Gathers what a cell writes into few messages: a loop that prints 200,000 lines sends dozens, not 200,000.</summary>
internal sealed class StreamBuffer
{
    private const int SendAtOnce = 1 << 16;
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(50);

    private readonly Action<StreamText> _send;
    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();
    private readonly Timer _timer;
    private StandardStream _stream;

    public StreamBuffer(Action<StreamText> send)
    {
        _send = send;
        _timer = new Timer(_ => Flush());
    }

    public void Write(StandardStream stream, string text)
    {
        lock (_gate)
        {
            if (stream != _stream) FlushLocked();
            _stream = stream;
            if (_text.Length == 0) _timer.Change(Delay, Timeout.InfiniteTimeSpan);
            _text.Append(text);
            if (_text.Length > SendAtOnce) FlushLocked();
        }
    }

    /// <summary>Sends what is waiting; called before any other output, so that the order stays that of the cell.</summary>
    public void Flush()
    {
        lock (_gate) FlushLocked();
    }

    private void FlushLocked()
    {
        if (_text.Length == 0) return;
        _send(new StreamText(_stream == StandardStream.Output ? "stdout" : "stderr", _text.ToString()));
        _text.Clear();
    }
}
