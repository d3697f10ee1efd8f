using System.Text.Json.Nodes;

namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>What this kernel is.</summary>
internal sealed record KernelInfoReply(
    string ProtocolVersion,
    string Implementation,
    string ImplementationVersion,
    JsonObject LanguageInfo,
    string Banner,
    bool Debugger,
    IReadOnlyList<string> SupportedFeatures,
    IReadOnlyList<string> HelpLinks,
    string Status = "ok");
