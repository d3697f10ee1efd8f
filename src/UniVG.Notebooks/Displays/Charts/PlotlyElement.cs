using System.Text.Json.Nodes;

namespace UniVG.Notebooks.Displays.Charts;

/// <summary>The HTML of a chart: a box of fixed size that shows its fallback until plotly.js draws into it.</summary>
internal static class PlotlyElement
{
    /// <summary>The attribute by which boxes that wait for plotly.js are known.</summary>
    public const string Mark = "data-univg-chart=";

    /// <summary>A box that only shows the fallback.</summary>
    public static string Static(string fallbackHtml, int width, int height) => $"""
        <div class="univg-chart" style="width:{width}px;height:{height}px">{fallbackHtml}</div>
        """;

    /// <summary>A box that becomes interactive.</summary>
    /// <param name="id">The chart's name on the page.</param>
    /// <param name="figure">Plotly's data, layout and config.</param>
    /// <param name="fallbackHtml">What is seen without scripts, and until plotly.js is there.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="live">Whether more updates follow: the page's one graph of this name is then moved into the new box.</param>
    public static string Interactive(string id, JsonObject figure, string fallbackHtml, int width, int height, bool live)
    {
        // System.Text.Json escapes <, > and & by default, so no label can end the script element.
        var script = $$"""
            (function () {
              var id = "{{id}}", live = {{(live ? "true" : "false")}}, figure = {{figure.ToJsonString()}};
              var graphs = window.univgCharts = window.univgCharts || {};
              function draw(tries) {
                var boxes = Array.prototype.filter.call(document.querySelectorAll('[data-univg-chart="' + id + '"]'),
                  function (box) { return !box.querySelector(".js-plotly-plot"); });
                var box = boxes[boxes.length - 1];
                if (!box) { if (tries > 0) setTimeout(draw, 100, tries - 1); return; }
                var graph = graphs[id];
                if (!graph || (graph.isConnected && !live)) {
                  graph = graphs[id] = document.createElement("div");
                  graph.style.cssText = "position:absolute;left:0;top:0;width:{{width}}px;height:{{height}}px";
                }
                // Texts in the page's own colour, which the picture, one for all themes, can only approach.
                var text = getComputedStyle(box).color;
                figure.layout.font.color = text;
                figure.layout.updatemenus.forEach(function (menu) { menu.font.color = text; });
                // The scale is the one choice of the user that uirevision does not keep.
                if (graph.layout) figure.layout.yaxis.type = graph.layout.yaxis.type;
                var fallback = Array.prototype.slice.call(box.children);
                box.appendChild(graph);
                window.Plotly.react(graph, figure.data, figure.layout, figure.config)
                  .then(function () { fallback.forEach(function (element) { element.remove(); }); }, function () { graph.remove(); });
              }
              if (window.Plotly) draw(50);
              else window.addEventListener("{{PlotlyBootstrap.ReadyEvent}}", function () { draw(50); }, { once: true });
            })();
            """;
        return $"""
            <div class="univg-chart" {Mark}"{id}" style="position:relative;width:{width}px;height:{height}px">{fallbackHtml}</div>
            <script>{script}</script>
            """;
    }
}
