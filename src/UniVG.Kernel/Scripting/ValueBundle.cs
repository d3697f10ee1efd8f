using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using UniVG.Notebooks.Hosting;

namespace UniVG.Kernel.Scripting;

/// <summary>MIME bundles for values that have no display of their own.</summary>
internal static class ValueBundle
{
    private const int MaxItems = 100;

    /// <summary>The bundle for a value: itself when it is one, else what the formatter makes of it.</summary>
    public static MimeBundle Of(object? value, Func<object, MimeBundle> format) => value switch
    {
        null => new MimeBundle("null"),
        MimeBundle bundle => bundle,
        _ => format(value),
    };

    /// <summary>The plain-text bundle of a value.</summary>
    public static MimeBundle OfText(object value) => new(TextOf(value));

    /// <summary>Content of a given MIME type; its plain-text twin is the text itself or the type's name.</summary>
    public static MimeBundle Of(object value, string mimeType)
    {
        if (mimeType == "text/plain") return OfText(value);
        object content = value switch
        {
            byte[] or JsonNode => value,
            string json when IsJson(mimeType) => JsonNode.Parse(json)!,
            string text => text,
            _ when IsJson(mimeType) => JsonSerializer.SerializeToNode(value)!,
            _ => TextOf(value),
        };
        return new MimeBundle(value as string ?? $"[{mimeType}]").With(mimeType, content);
    }

    private static bool IsJson(string mimeType) => mimeType.EndsWith("json", StringComparison.OrdinalIgnoreCase);

    private static string TextOf(object? value) => value switch
    {
        null => "null",
        string text => text,
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable items when !OverridesToString(items) => ListOf(items),
        _ => value.ToString() ?? "",
    };

    private static string ListOf(IEnumerable items)
    {
        var shown = items.Cast<object?>().Take(MaxItems + 1).Select(TextOf).ToList();
        if (shown.Count > MaxItems) shown[^1] = "…";
        return shown.Count == 0 ? "[ ]" : $"[ {string.Join(", ", shown)} ]";
    }

    // A type that says how it reads (a record, a tensor) is not taken apart.
    private static bool OverridesToString(object value) =>
        value.GetType().GetMethod(nameof(ToString), Type.EmptyTypes)?.DeclaringType is { } declarer
        && declarer != typeof(object) && declarer.Namespace?.StartsWith("System", StringComparison.Ordinal) != true;
}
