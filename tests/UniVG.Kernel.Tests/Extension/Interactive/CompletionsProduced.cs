using Microsoft.DotNet.Interactive.Commands;

namespace Microsoft.DotNet.Interactive.Events;

/// <summary>Stands in for the host's class.</summary>
public sealed class CompletionsProduced(
    IReadOnlyCollection<CompletionItem> completions, RequestCompletions command, LinePositionSpan? linePositionSpan = null) : KernelEvent(command)
{
    public IEnumerable<CompletionItem> Completions => completions;

    public LinePositionSpan? LinePositionSpan => linePositionSpan;
}
