using System.Net;
using System.Text.Json.Nodes;

namespace UniVG.Kernel.Headless.Html;

/// <summary>One output of a cell as HTML: the richest of its forms that a page without a notebook around it can show.</summary>
internal static class HtmlOutput
{
    private static readonly string[] Pictures = ["image/png", "image/jpeg", "image/gif", "image/webp"];

    /// <summary>The output's HTML.</summary>
    public static string Of(JsonObject output, MarkdownText markdown) => (string?)output["output_type"] switch
    {
        "stream" => Text((string?)output["name"] == "stderr" ? "stderr" : "stdout", JsonLines.Join(output["text"])),
        "error" => Text("error", Traceback(output)),
        _ => output["data"] is JsonObject data ? $"<div class=\"output\">{Richest(data, markdown)}</div>" : "",
    };

    private static string Richest(JsonObject data, MarkdownText markdown)
    {
        if (Find(data, "text/html") is { } html) return html;
        if (Find(data, "image/svg+xml") is { } svg) return svg;
        var plain = Find(data, "text/plain") ?? "";
        if (Pictures.FirstOrDefault(data.ContainsKey) is { } type)
            return $"<img src=\"data:{type};base64,{Find(data, type)!.ReplaceLineEndings("")}\" alt=\"{WebUtility.HtmlEncode(plain)}\">";
        return Find(data, "text/markdown") is { } text ? markdown.ToHtml(text) : $"<pre>{WebUtility.HtmlEncode(plain)}</pre>";
    }

    private static string? Find(JsonObject data, string type) => data[type] is { } content ? JsonLines.Join(content) : null;

    private static string Traceback(JsonObject error)
    {
        var lines = (error["traceback"] as JsonArray)?.Select(line => (string?)line ?? "").ToList() ?? [];
        return lines.Count == 0 ? $"{error["ename"]}: {error["evalue"]}" : string.Join('\n', lines);
    }

    private static string Text(string kind, string text) => $"<pre class=\"output {kind}\">{WebUtility.HtmlEncode(TerminalColours.Remove(text))}</pre>";
}
