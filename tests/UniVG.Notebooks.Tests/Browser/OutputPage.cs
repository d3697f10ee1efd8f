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

    /// <summary>The texts whose contrast by WCAG 2, opacity and translucent grounds included, is below 4.5 : 1; those of charts, too.</summary>
    public const string Faint = """
        (() => {
          const numbers = colour => (colour.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number);
          const over = (top, alpha, ground) => ground.map((value, i) => top[i] * alpha + value * (1 - alpha));
          const chain = element => element ? [...chain(element.parentElement), element] : [];
          const luminance = rgb => rgb.map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          const contrast = element => {
            const path = chain(element);
            const ground = path.reduce((colour, e) => {
              const [r, g, b, alpha = 1] = numbers(getComputedStyle(e).backgroundColor);
              return over([r, g, b], alpha, colour);
            }, [255, 255, 255]);
            const style = getComputedStyle(element), [r, g, b, alpha = 1] = numbers(element instanceof SVGElement ? style.fill : style.color);
            const opacity = path.reduce((product, e) => product * Number(getComputedStyle(e).opacity), alpha);
            const [x, y] = [luminance(over([r, g, b], opacity, ground)), luminance(ground)].sort((p, q) => q - p);
            return (x + 0.05) / (y + 0.05);
          };
          const seen = [...document.querySelectorAll('.univg *')].filter(e => !e.closest('style, script') && e.getClientRects().length
            && getComputedStyle(e).visibility === 'visible' && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()));
          return seen.filter(e => contrast(e) < 4.5).map(e => `${e.tagName}.${e.getAttribute('class')} ${contrast(e).toFixed(2)}: ${e.textContent.trim().slice(0, 30)}`)
            .filter((text, i, all) => all.indexOf(text) === i).slice(0, 12).join('\n');
        })()
        """;

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
