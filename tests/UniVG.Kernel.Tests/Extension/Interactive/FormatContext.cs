namespace Microsoft.DotNet.Interactive.Formatting;

/// <summary>Stands in for the host's class.</summary>
public sealed class FormatContext(TextWriter writer)
{
    public TextWriter Writer => writer;
}
