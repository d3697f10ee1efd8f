using System.Collections.Concurrent;
using UniVG.Kernel.Jupyter.Protocol;

namespace UniVG.Kernel.Jupyter;

/// <summary>
/// A thread that answers requests one after the other. Around each one the clients learn that the kernel is busy and idle again,
/// whatever happens in between.
/// </summary>
/// <param name="name">The thread's name.</param>
/// <param name="sender">Sends the status and the answers.</param>
/// <param name="handle">Makes the content of a request's answer; null for messages that have none.</param>
internal sealed class RequestLoop(string name, IMessageSender sender, Func<WireMessage, object?> handle)
{
    private readonly BlockingCollection<(Channel Channel, WireMessage Request)> _requests = [];

    public void Start() => new Thread(Run) { IsBackground = true, Name = name }.Start();

    public void Add(Channel channel, WireMessage request) => _requests.Add((channel, request));

    /// <summary>Answers a request on the calling thread.</summary>
    public void Answer(Channel channel, WireMessage request)
    {
        sender.Broadcast(request, "status", new KernelStatus("busy"));
        try
        {
            if (handle(request) is { } content) sender.Send(channel, request, ReplyType(request), content);
        }
        catch (Exception e)
        {
            // A malformed request, or a fault of ours: the client is told, and the kernel goes on.
            sender.Send(channel, request, ReplyType(request), new ErrorReply(e.GetType().Name, e.Message, []));
        }
        finally
        {
            sender.Broadcast(request, "status", new KernelStatus("idle"));
        }
    }

    private static string ReplyType(WireMessage request) => request.Type.Replace("_request", "_reply", StringComparison.Ordinal);

    private void Run()
    {
        foreach (var (channel, request) in _requests.GetConsumingEnumerable()) Answer(channel, request);
    }
}
