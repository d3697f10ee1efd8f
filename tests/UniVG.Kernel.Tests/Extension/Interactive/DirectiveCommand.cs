namespace Microsoft.DotNet.Interactive.Commands;

/// <summary>Stands in for the host's class, which is not public either; its text can lack the end of the line.</summary>
internal sealed class DirectiveCommand(string directive) : KernelCommand
{
    public override string ToString() => $"Directive: {directive}";
}
