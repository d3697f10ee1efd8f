using System.Text.Json.Serialization;
using UniVG.Kernel.Jupyter.Protocol;

namespace UniVG.Kernel.Jupyter;

/// <summary>The protocol's records as JSON; generated at build time, because a kernel that starts has no time to reflect.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ConnectionFile))]
[JsonSerializable(typeof(ClearOutput))]
[JsonSerializable(typeof(CommInfoReply))]
[JsonSerializable(typeof(CommMessage))]
[JsonSerializable(typeof(CompleteReply))]
[JsonSerializable(typeof(CompleteRequest))]
[JsonSerializable(typeof(DisplayData))]
[JsonSerializable(typeof(ErrorReply))]
[JsonSerializable(typeof(ExecuteAbortedReply))]
[JsonSerializable(typeof(ExecuteErrorReply))]
[JsonSerializable(typeof(ExecuteInput))]
[JsonSerializable(typeof(ExecuteReply))]
[JsonSerializable(typeof(ExecuteRequest))]
[JsonSerializable(typeof(ExecuteResult))]
[JsonSerializable(typeof(HistoryReply))]
[JsonSerializable(typeof(HistoryRequest))]
[JsonSerializable(typeof(InputReply))]
[JsonSerializable(typeof(InputRequest))]
[JsonSerializable(typeof(InspectReply))]
[JsonSerializable(typeof(InspectRequest))]
[JsonSerializable(typeof(InterruptReply))]
[JsonSerializable(typeof(IsCompleteReply))]
[JsonSerializable(typeof(IsCompleteRequest))]
[JsonSerializable(typeof(KernelInfoReply))]
[JsonSerializable(typeof(KernelStatus))]
[JsonSerializable(typeof(MessageHeader))]
[JsonSerializable(typeof(ShutdownMessage))]
[JsonSerializable(typeof(StreamText))]
internal sealed partial class JupyterJson : JsonSerializerContext;
