using System.Net;
using System.Text;

namespace UniVG.Kernel.Headless.Html;

/// <summary>
/// A notebook as one web page that needs nothing else: pictures are inside, charts are interactive offline, and it is readable on a light
/// and on a dark screen.
/// </summary>
internal static class HtmlPage
{
    /// <summary>The page of a notebook.</summary>
    public static string Create(Notebook notebook)
    {
        var markdown = new MarkdownText(notebook.Folder);
        var page = new StringBuilder(
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="generator" content="{KernelIdentity.Name} {KernelIdentity.Version}">
            <title>{WebUtility.HtmlEncode(notebook.Title)}</title>
            <style>{PageStyle.Sheet}</style>
            </head>
            <body>
            <main>

            """);
        foreach (var cell in notebook.Cells) Append(page, cell, markdown);
        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static void Append(StringBuilder page, NotebookCell cell, MarkdownText markdown)
    {
        if (string.IsNullOrWhiteSpace(cell.Source)) return;
        if (cell.IsCode)
        {
            page.Append($"<section class=\"code\">\n<pre class=\"source\"><code>{CodeColours.ToHtml(cell.Source.TrimEnd())}</code></pre>\n");
            foreach (var output in cell.Outputs) page.Append(HtmlOutput.Of(output, markdown)).Append('\n');
            page.Append("</section>\n");
        }
        else
        {
            var html = cell.IsMarkdown ? markdown.ToHtml(cell.Source, cell.Attachments) : $"<pre>{WebUtility.HtmlEncode(cell.Source)}</pre>";
            page.Append($"<section class=\"text\">\n{html}</section>\n");
        }
    }
}
