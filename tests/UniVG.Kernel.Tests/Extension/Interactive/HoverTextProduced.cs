using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Formatting;

namespace Microsoft.DotNet.Interactive.Events;

/// <summary>Stands in for the host's class.</summary>
public sealed class HoverTextProduced(
    RequestHoverText command, IReadOnlyCollection<FormattedValue> content, LinePositionSpan? linePositionSpan = null) : KernelEvent(command)
{
    public IReadOnlyCollection<FormattedValue> Content => content;

    public LinePositionSpan? LinePositionSpan => linePositionSpan;
}
