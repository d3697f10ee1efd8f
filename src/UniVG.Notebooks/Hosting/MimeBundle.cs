using System.Text.Json.Nodes;

namespace UniVG.Notebooks.Hosting;

/// <summary>
/// One thing to show, in several MIME types; each viewer takes the richest it can show. <c>text/plain</c> is always there: it is
/// what terminals, logs and screen readers get, and for a live display its first line is the headless runner's progress line.
/// </summary>
public sealed class MimeBundle
{
    private readonly OrderedDictionary<string, object> _data = [];

    /// <summary>Creates a bundle with its plain-text twin.</summary>
    public MimeBundle(string plainText) => _data["text/plain"] = plainText;

    /// <summary>MIME type → a string (text), byte[] (binary, base64 on the wire) or <see cref="JsonNode"/> (JSON types).</summary>
    public IReadOnlyDictionary<string, object> Data => _data;

    /// <summary>The plain-text twin.</summary>
    public string PlainText => (string)_data["text/plain"];

    /// <summary>Adds <c>text/html</c>.</summary>
    public MimeBundle WithHtml(string html) => With("text/html", html);

    /// <summary>Adds <c>image/png</c>.</summary>
    public MimeBundle WithPng(byte[] png) => With("image/png", png);

    /// <summary>Adds <c>application/vnd.plotly.v1+json</c>.</summary>
    public MimeBundle WithPlotly(JsonObject figure) => With("application/vnd.plotly.v1+json", figure);

    /// <summary>Adds any MIME type.</summary>
    /// <param name="mimeType">The type, such as <c>text/markdown</c>.</param>
    /// <param name="content">A string, a byte[] or a <see cref="JsonNode"/>, as <see cref="Data"/> describes.</param>
    public MimeBundle With(string mimeType, object content)
    {
        _data[mimeType] = content;
        return this;
    }
}
