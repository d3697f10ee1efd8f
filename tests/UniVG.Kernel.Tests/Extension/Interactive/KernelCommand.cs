namespace Microsoft.DotNet.Interactive.Commands;

/// <summary>Stands in for the host's class.</summary>
public abstract class KernelCommand(string? targetKernelName = null)
{
    public KernelCommandInvocation? Handler { get; set; }

    public KernelCommand? Parent { get; internal set; }

    public string? TargetKernelName => targetKernelName;
}
