using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;

namespace Microsoft.DotNet.Interactive;

/// <summary>Stands in for the host's class.</summary>
public static class KernelInvocationContextExtensions
{
    public static object DisplayAs(this KernelInvocationContext context, string value, string mimeType)
    {
        ArgumentNullException.ThrowIfNull(context);
        var shown = new DisplayedValueProduced(value, context.Command, [new FormattedValue(mimeType, value)]);
        context.Publish(shown);
        return shown;
    }
}
