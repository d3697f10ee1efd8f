namespace Microsoft.DotNet.Interactive.Formatting;

/// <summary>Stands in for the host's class.</summary>
public sealed class FormattedValue(string mimeType, string value)
{
    public string MimeType => mimeType;

    public string Value => value;
}
