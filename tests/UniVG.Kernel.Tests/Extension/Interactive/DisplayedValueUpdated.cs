using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Formatting;

namespace Microsoft.DotNet.Interactive.Events;

/// <summary>Stands in for the host's class.</summary>
public sealed class DisplayedValueUpdated(
    object? value, string valueId, KernelCommand command, IReadOnlyCollection<FormattedValue>? formattedValues = null)
    : DisplayEvent(value, command, formattedValues, valueId);
