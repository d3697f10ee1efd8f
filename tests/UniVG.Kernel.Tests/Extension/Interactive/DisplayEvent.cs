using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Formatting;

namespace Microsoft.DotNet.Interactive.Events;

/// <summary>Stands in for the host's class.</summary>
public abstract class DisplayEvent(object? value, KernelCommand command, IReadOnlyCollection<FormattedValue>? formattedValues, string? valueId)
    : KernelEvent(command)
{
    public object? Value => value;

    public IReadOnlyCollection<FormattedValue> FormattedValues => formattedValues ?? [];

    public string? ValueId => valueId;

    /// <summary>What terminals see.</summary>
    internal string PlainText => FormattedValues.Single(f => f.MimeType == "text/plain").Value;
}
