using System.IO.Compression;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Displays.Charts;

/// <summary>
/// The output that brings plotly.js to a page, to be shown once in each notebook. It carries the library itself (plotly.js basic,
/// MIT, restored with the package Plotly.Blazor), so charts are interactive offline, and stays small by travelling compressed.
/// </summary>
public static class PlotlyBootstrap
{
    /// <summary>Fired on the window once plotly.js is there; charts that were drawn before wait for it.</summary>
    internal const string ReadyEvent = "univg-plotly";

    // Charts write in the page's colour, which changes with the client's theme: JupyterLab and VS Code tell of it by attributes of the
    // page or another style sheet (which takes effect a moment later), exported pages follow the system.
    private const string ThemeWatch = """
        if (!window.univgTheme) {
            var recolour = function () {
              document.querySelectorAll(".univg-chart .js-plotly-plot").forEach(function (graph) {
                var text = getComputedStyle(graph.parentElement).color, change = { "font.color": text };
                if (!graph.layout || graph.layout.font.color === text) return;
                (graph.layout.updatemenus || []).forEach(function (menu, i) { change["updatemenus[" + i + "].font.color"] = text; });
                window.Plotly.relayout(graph, change);
              });
            }, timers = [];
            var look = function () {
              timers.forEach(clearTimeout);
              timers = [100, 1000].map(function (wait) { return setTimeout(recolour, wait); });
            };
            window.univgTheme = new MutationObserver(look);
            [document.documentElement, document.body].forEach(function (element) { window.univgTheme.observe(element, { attributes: true }); });
            window.univgTheme.observe(document.head, { childList: true });
            window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", look);
          }
        """;

    private static readonly Lazy<string> Compressed = new(Compress);

    /// <summary>Creates the output.</summary>
    public static MimeBundle Create()
        => new MimeBundle("The charts of this notebook are drawn by plotly.js (included here, works offline).")
            .WithHtml(Style.Wrap($"""
                <p class="univg-muted">The charts of this notebook are drawn by plotly.js (included here, works offline).</p>
                <script>{Script()}</script>
                """));

    /// <summary>The output to show before another, where that holds an interactive chart and the notebook has no plotly.js yet; else null.</summary>
    /// <param name="content">What is about to be shown.</param>
    /// <param name="session">The notebook's session.</param>
    public static MimeBundle? Before(MimeBundle content, UniVGSession session)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(session);
        return content.Data.GetValueOrDefault("text/html") is string html && html.Contains(PlotlyElement.Mark, StringComparison.Ordinal) && session.TakePlotlyTurn() ? Create() : null;
    }

    // The library is run as a function whose `define`, `module` and `exports` are undefined: a page with an AMD loader (the
    // classic Notebook has require.js) would otherwise register it there instead of on the window.
    private static string Script() => $$"""
        (function () {
          {{ThemeWatch}}
          if (window.Plotly || window.univgPlotlyLoading) return;
          window.univgPlotlyLoading = true;
          var packed = Uint8Array.from(atob("{{Compressed.Value}}"), function (c) { return c.charCodeAt(0); });
          var unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
          new Response(unpacked).text().then(function (source) {
            new Function("define", "module", "exports", source).call(window);
            window.dispatchEvent(new Event("{{ReadyEvent}}"));
          }).finally(function () { window.univgPlotlyLoading = false; });
        })();
        """;

    private static string Compress()
    {
        using var source = typeof(PlotlyBootstrap).Assembly.GetManifestResourceStream("plotly-basic.min.js")
            ?? throw new InvalidOperationException("plotly.js is not embedded in this build.");
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            source.CopyTo(gzip);
        return Convert.ToBase64String(packed.GetBuffer(), 0, (int)packed.Length);
    }
}
