using System.Text.Json.Nodes;

namespace UniVG.Kernel.Headless;

/// <summary>Long text as nbformat keeps it on disk: a list of lines, so that version control shows the changed ones.</summary>
internal static class JsonLines
{
    /// <summary>The lines of a text, each with its line break.</summary>
    public static JsonArray Split(string text)
    {
        var lines = new JsonArray();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start) + 1;
            if (end == 0) end = text.Length;
            lines.Add(text[start..end]);
            start = end;
        }

        return lines;
    }

    /// <summary>The text of a list of lines, or of one string.</summary>
    public static string Join(JsonNode? text) => text switch
    {
        JsonArray lines => string.Concat(lines.Select(line => (string?)line)),
        JsonValue value => value.ToString(),
        _ => "",
    };

    /// <summary>Splits the text types of a MIME bundle in place.</summary>
    public static JsonObject SplitTexts(JsonObject data)
    {
        foreach (var (mimeType, content) in data.ToList())
        {
            var isText = mimeType.StartsWith("text/", StringComparison.Ordinal) || mimeType is "image/svg+xml" or "application/javascript";
            if (isText && content is JsonValue) data[mimeType] = Split((string)content!);
        }

        return data;
    }
}
