using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Directives;

namespace Microsoft.DotNet.Interactive;

/// <summary>Stands in for the host's kernel: the members that the extension uses, with the host's signatures.</summary>
public sealed class Kernel
{
    public Kernel RootKernel => this;

    internal List<(KernelActionDirective Directive, KernelCommandInvocation Handler)> Directives { get; } = [];

    internal List<KernelCommandPipelineMiddleware> Middlewares { get; } = [];

    internal List<IDisposable> Disposables { get; } = [];

    internal List<KernelCommand> Sent { get; } = [];

    public void AddDirective(KernelActionDirective directive, KernelCommandInvocation handler) => Directives.Add((directive, handler));

    public void AddMiddleware(KernelCommandPipelineMiddleware middleware, string? caller = null) => Middlewares.Add(middleware);

    public void RegisterForDisposal(IDisposable disposable) => Disposables.Add(disposable);

    public Task SendAsync(KernelCommand command, CancellationToken cancellationToken = default)
    {
        Sent.Add(command);
        return Task.CompletedTask;
    }
}
