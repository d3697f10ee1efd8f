namespace Microsoft.DotNet.Interactive.Commands;

/// <summary>Stands in for the host's class.</summary>
public sealed class RequestHoverText(string code, LinePosition linePosition) : LanguageServiceCommand(code, linePosition);
