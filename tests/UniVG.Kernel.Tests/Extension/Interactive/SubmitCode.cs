namespace Microsoft.DotNet.Interactive.Commands;

/// <summary>Stands in for the host's class.</summary>
public sealed class SubmitCode(string code, string? targetKernelName = null) : KernelCommand(targetKernelName)
{
    public string Code => code;
}
