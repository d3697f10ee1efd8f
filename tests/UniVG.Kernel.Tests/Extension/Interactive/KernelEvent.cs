using Microsoft.DotNet.Interactive.Commands;

namespace Microsoft.DotNet.Interactive.Events;

/// <summary>Stands in for the host's class.</summary>
public abstract class KernelEvent(KernelCommand command)
{
    public KernelCommand Command => command;
}
