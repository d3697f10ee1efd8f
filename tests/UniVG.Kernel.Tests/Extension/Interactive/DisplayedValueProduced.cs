using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Formatting;

namespace Microsoft.DotNet.Interactive.Events;

/// <summary>Stands in for the host's class.</summary>
public sealed class DisplayedValueProduced(
    object? value, KernelCommand command, IReadOnlyCollection<FormattedValue>? formattedValues = null, string? valueId = null)
    : DisplayEvent(value, command, formattedValues, valueId);
