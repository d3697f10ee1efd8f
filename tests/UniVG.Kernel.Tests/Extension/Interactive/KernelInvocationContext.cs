using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;

namespace Microsoft.DotNet.Interactive;

/// <summary>Stands in for the host's context of one cell: what is published after it has ended is lost, and failing cancels.</summary>
public sealed class KernelInvocationContext(Kernel kernel, KernelCommand command)
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly Lock _gate = new();
    private readonly List<KernelEvent> _events = [];

    public static KernelInvocationContext? Current { get; internal set; }

    public Kernel HandlingKernel => kernel;

    public KernelCommand Command => command;

    public CancellationToken CancellationToken => _cancellation.Token;

    internal bool IsComplete { get; private set; }

    internal string? Failure { get; private set; }

    internal event Action<KernelEvent>? Published;

    internal IReadOnlyList<KernelEvent> Events
    {
        get
        {
            lock (_gate) return [.. _events];
        }
    }

    public void Publish(KernelEvent @event)
    {
        lock (_gate)
        {
            if (IsComplete) return;
            _events.Add(@event);
        }

        Published?.Invoke(@event);
    }

    public void Complete(KernelCommand command) => IsComplete = true;

    public void Fail(KernelCommand command, Exception? exception = null, string? message = null)
    {
        if (IsComplete) return;
        Failure = message ?? exception?.Message;
        _cancellation.Cancel();
        IsComplete = true;
    }

    /// <summary>What the host does when the user interrupts.</summary>
    internal void Cancel()
    {
        _cancellation.Cancel();
        Fail(command, message: "Command cancelled.");
    }
}
