namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>The header of every message.</summary>
internal sealed record MessageHeader(
    string MsgId, string Session, string MsgType, string Username = "", string Date = "", string Version = "")
{
    /// <summary>The version of the messaging protocol that this kernel speaks.</summary>
    public const string ProtocolVersion = "5.3";
}
