namespace UniVG.Kernel.Jupyter;

/// <summary>Sends messages to clients. All members are thread-safe and keep the order of one caller.</summary>
internal interface IMessageSender
{
    /// <summary>Sends a message to the client that made a request.</summary>
    void Send(Channel channel, WireMessage request, string type, object content);

    /// <summary>Sends a message to all clients.</summary>
    /// <param name="parent">The request that caused it; null for none.</param>
    /// <param name="type">The message type.</param>
    /// <param name="content">The content; one of the protocol's records.</param>
    void Broadcast(WireMessage? parent, string type, object content);
}
