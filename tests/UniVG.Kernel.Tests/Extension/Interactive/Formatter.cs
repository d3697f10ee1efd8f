namespace Microsoft.DotNet.Interactive.Formatting;

/// <summary>Stands in for the host's class, with both overloads that a lambda could mean.</summary>
public static class Formatter
{
    private const string PlainText = "text/plain";

    internal static Dictionary<(Type Type, string MimeType), Action<object, TextWriter>> Registered { get; } = [];

    internal static Dictionary<Type, string[]> Preferred { get; } = [];

    public static void Register(Type type, FormatDelegate<object> formatter, string mimeType = PlainText) =>
        Registered[(type, mimeType)] = (value, writer) => formatter(value, new FormatContext(writer));

    public static void Register(Type type, Action<object, TextWriter> formatter, string mimeType = PlainText) =>
        Registered[(type, mimeType)] = formatter;

    public static void SetPreferredMimeTypesFor(Type type, params string[] preferredMimeTypes) => Preferred[type] = preferredMimeTypes;
}
