using Microsoft.DotNet.Interactive.Commands;

namespace Microsoft.DotNet.Interactive;

/// <summary>Stands in for the host's delegate.</summary>
public delegate Task KernelCommandPipelineMiddleware(KernelCommand command, KernelInvocationContext context, KernelPipelineContinuation next);
