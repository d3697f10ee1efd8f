using System.Text.Json;
using UniVG.Notebooks.Hosting;
using UniVG.TestSupport.Browser;

namespace UniVG.Notebooks.Tests.Browser;

/// <summary>Outputs on a page, as notebooks show them.</summary>
internal static class OutputPage
{
    /// <summary>A page's style as JupyterLab and VS Code have it.</summary>
    public const string Light = "background:#ffffff;color:#000000";

    /// <summary>The same in their dark themes.</summary>
    public const string Dark = "background:#1e1e1e;color:#d4d4d4";

    /// <summary>A page of outputs, below each other.</summary>
    public static string Of(string style, params IEnumerable<MimeBundle> outputs) => $"""
        <!DOCTYPE html><html><head><meta charset="utf-8"><title>outputs</title><style>body {"{"}{style}{"}"}</style></head><body>
        {string.Join('\n', outputs.Select(output => $"<div class=\"output\">{output.Data["text/html"]}</div>"))}
        <p id="below">what follows</p>
        </body></html>
        """;

    /// <summary>Replaces an output as JupyterLab does: new nodes in place of the old, then the scripts run.</summary>
    /// <param name="page">The page.</param>
    /// <param name="index">Which output, from 0.</param>
    /// <param name="content">Its new content.</param>
    public static Task ReplaceAsync(ChromiumPage page, int index, MimeBundle content) => page.EvaluateAsync($$"""
        {
          const host = document.querySelectorAll('.output')[{{index}}];
          host.innerHTML = {{JsonSerializer.Serialize(content.Data["text/html"])}};
          host.querySelectorAll('script').forEach(old => {
            const script = document.createElement('script');
            script.textContent = old.textContent;
            old.replaceWith(script);
          });
        } true
        """);
}
