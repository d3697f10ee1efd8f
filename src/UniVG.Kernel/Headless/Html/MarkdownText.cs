using System.Text.Json.Nodes;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace UniVG.Kernel.Headless.Html;

/// <summary>Markdown as HTML; pictures that are files or attachments of the cell come along inside it.</summary>
/// <param name="folder">The notebook's folder, to which its links are relative.</param>
internal sealed class MarkdownText(string folder)
{
    private const string Attachment = "attachment:";

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers().UseEmphasisExtras().UseTaskLists().Build();

    private static readonly Dictionary<string, string> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        [".png"] = "image/png",
        [".jpg"] = "image/jpeg",
        [".jpeg"] = "image/jpeg",
        [".gif"] = "image/gif",
        [".svg"] = "image/svg+xml",
        [".webp"] = "image/webp",
    };

    /// <summary>The text's HTML.</summary>
    /// <param name="markdown">The text.</param>
    /// <param name="attachments">nbformat's attachments of the cell: name → MIME bundle.</param>
    public string ToHtml(string markdown, JsonObject? attachments = null)
    {
        var document = Markdown.Parse(markdown, Pipeline);
        foreach (var image in document.Descendants<LinkInline>().Where(link => link.IsImage && link.Url is not null))
        {
            image.Url = Embed(image.Url!, attachments) ?? image.Url;
        }

        return document.ToHtml(Pipeline);
    }

    private string? Embed(string url, JsonObject? attachments)
    {
        if (url.StartsWith(Attachment, StringComparison.Ordinal))
        {
            return attachments?[Uri.UnescapeDataString(url[Attachment.Length..])] is JsonObject bundle
                && bundle.FirstOrDefault() is { Key: { } type, Value: { } content }
                ? $"data:{type};base64,{JsonLines.Join(content)}"
                : null;
        }

        var path = Path.Combine(folder, Uri.UnescapeDataString(url));
        return Types.TryGetValue(Path.GetExtension(path), out var mimeType) && File.Exists(path)
            ? $"data:{mimeType};base64,{Convert.ToBase64String(File.ReadAllBytes(path))}"
            : null;
    }
}
