using System.Text;
using NetMQ;
using NetMQ.Sockets;
using UniVG.Diffusion;

namespace UniVG.Kernel.Jupyter;

/// <summary>
/// The five ZeroMQ sockets of a kernel. Sockets belong to one thread, the poller's: it alone reads and writes them, and everybody
/// else's messages reach it through a queue. It also answers heartbeats, so that the kernel never looks dead while a cell runs.
/// </summary>
internal sealed class KernelSockets : IMessageSender, IDisposable
{
    // Long enough for the last reply to leave when the kernel ends.
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    private readonly WireFormat _format;
    private readonly RouterSocket _shell = new();
    private readonly RouterSocket _control = new();
    private readonly RouterSocket _stdin = new();
    private readonly RouterSocket _heartbeat = new();
    private readonly PublisherSocket _iopub = new();
    private readonly NetMQQueue<(Channel Channel, IReadOnlyList<byte[]> Frames)> _outgoing = new();
    private readonly NetMQPoller _poller;

    /// <summary>Binds the sockets.</summary>
    /// <param name="connection">The addresses.</param>
    /// <param name="receive">Called on the poller's thread with every message; it must not block.</param>
    /// <exception cref="UniVGException">An address is taken.</exception>
    public KernelSockets(ConnectionFile connection, Action<Channel, WireMessage> receive)
    {
        _format = new WireFormat(new MessageSigner(connection.Key));
        Bind(_shell, connection.Address(connection.ShellPort));
        Bind(_control, connection.Address(connection.ControlPort));
        Bind(_stdin, connection.Address(connection.StdinPort));
        Bind(_heartbeat, connection.Address(connection.HbPort));
        Bind(_iopub, connection.Address(connection.IopubPort));
        _poller = [_shell, _control, _stdin, _heartbeat, _outgoing];
        _heartbeat.ReceiveReady += (_, e) => e.Socket.SendMultipartMessage(e.Socket.ReceiveMultipartMessage());
        Receive(_shell, Channel.Shell, receive);
        Receive(_control, Channel.Control, receive);
        Receive(_stdin, Channel.Stdin, receive);
        _outgoing.ReceiveReady += (_, e) => SendQueued(e.Queue);
    }

    /// <summary>Starts the poller's thread.</summary>
    public void Start() => _poller.RunAsync("UniVG sockets", isBackgroundThread: true);

    public void Send(Channel channel, WireMessage request, string type, object content) =>
        _outgoing.Enqueue((channel, _format.Build(request.Identities, type, request, content)));

    public void Broadcast(WireMessage? parent, string type, object content) =>
        _outgoing.Enqueue((Channel.IOPub, _format.Build([Encoding.ASCII.GetBytes($"kernel.{type}")], type, parent, content)));

    public void Dispose()
    {
        _poller.Dispose();
        foreach (var socket in (NetMQSocket[])[_shell, _control, _stdin, _heartbeat, _iopub]) socket.Dispose();
        _outgoing.Dispose();
    }

    private void Receive(NetMQSocket socket, Channel channel, Action<Channel, WireMessage> receive) => socket.ReceiveReady += (_, e) =>
    {
        var frames = e.Socket.ReceiveMultipartMessage().Select(f => f.ToByteArray()).ToList();
        if (_format.Parse(frames) is { } message) receive(channel, message);
    };

    private void SendQueued(NetMQQueue<(Channel Channel, IReadOnlyList<byte[]> Frames)> queue)
    {
        while (queue.TryDequeue(out var next, TimeSpan.Zero))
        {
            SocketOf(next.Channel).SendMultipartMessage(new NetMQMessage(next.Frames));
        }
    }

    private NetMQSocket SocketOf(Channel channel) => channel switch
    {
        Channel.Shell => _shell,
        Channel.Control => _control,
        Channel.Stdin => _stdin,
        _ => _iopub,
    };

    private static void Bind(NetMQSocket socket, string address)
    {
        socket.Options.Linger = Linger;

        // No limits: a client that reads slowly must not lose outputs.
        socket.Options.SendHighWatermark = 0;
        socket.Options.ReceiveHighWatermark = 0;
        if (socket is RouterSocket) socket.Options.RouterHandover = true;
        try
        {
            socket.Bind(address);
        }
        catch (NetMQException e)
        {
            throw new UniVGException($"The kernel cannot listen on {address}: {e.Message}", e);
        }
    }
}
