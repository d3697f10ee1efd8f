namespace Microsoft.DotNet.Interactive.Commands;

/// <summary>Stands in for the host's class.</summary>
public abstract class LanguageServiceCommand(string code, LinePosition linePosition) : KernelCommand
{
    public string Code => code;

    public LinePosition LinePosition => linePosition;
}
