using System.IO.Compression;
using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Displays.Charts;

/// <summary>
/// The output that brings plotly.js to a page, to be shown once in each notebook. It carries the library itself (plotly.js basic,
/// MIT, restored with the package Plotly.Blazor), so charts are interactive offline, and stays small by travelling compressed.
/// </summary>
public static class PlotlyBootstrap
{
    /// <summary>Fired on the window once plotly.js is there; charts that were drawn before wait for it.</summary>
    internal const string ReadyEvent = "univg-plotly";

    private static readonly Lazy<string> Compressed = new(Compress);

    /// <summary>Creates the output.</summary>
    public static MimeBundle Create()
        => new MimeBundle("The charts of this notebook are drawn by plotly.js (included here, works offline).")
            .WithHtml(Style.Wrap($"""
                <p class="univg-muted">The charts of this notebook are drawn by plotly.js (included here, works offline).</p>
                <script>{Script()}</script>
                """));

    // The library is run as a function whose `define`, `module` and `exports` are undefined: a page with an AMD loader (the
    // classic Notebook has require.js) would otherwise register it there instead of on the window.
    private static string Script() => $$"""
        (function () {
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
