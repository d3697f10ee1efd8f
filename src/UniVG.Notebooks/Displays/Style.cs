using System.Net;

namespace UniVG.Notebooks.Displays;

/// <summary>The one style sheet of all displays, and the two operations every piece of their HTML goes through.</summary>
/// <remarks>
/// The sheet inherits the page's own text colour and paints only translucent greys and mid tones, so it is right on any background
/// (JupyterLab and VS Code themes, classic Notebook, exported HTML). It deliberately does not ask for prefers-color-scheme: the
/// classic Notebook is white even where the desktop is dark. Viewers that strip styles from untrusted notebooks get plain tables
/// and pictures. Rules of tables repeat the class to outweigh JupyterLab's own for tables in outputs (right-aligned, striped).
/// </remarks>
internal static class Style
{
    private const string Sheet = """
        .univg{color:var(--jp-content-font-color1,var(--vscode-foreground,inherit));font:13px/1.45 var(--jp-content-font-family,var(--vscode-font-family,system-ui,sans-serif));
        max-width:780px;--rule:rgba(128,134,145,.3);--fill:rgba(128,134,145,.12);--accent:#2f81d6;--good:#1d9a6c;--warn:#c9741c;--bad:#d1495b}
        .univg *{box-sizing:border-box}
        .univg p{margin:4px 0}.univg-muted{opacity:.72}
        .univg h4,.univg .univg-title{font-size:14px;font-weight:600;margin:2px 0 6px;color:inherit}
        .univg.univg.univg table{border-collapse:collapse;table-layout:auto;width:auto;margin:4px 0 8px;font-size:13px;border:0;color:inherit}
        .univg.univg.univg th,.univg.univg.univg td{padding:3px 14px 3px 0;text-align:left;vertical-align:top;border:0;border-bottom:1px solid var(--rule);background:none;color:inherit;white-space:normal;overflow-wrap:break-word}
        .univg.univg.univg tr,.univg.univg.univg tbody tr:nth-child(odd),.univg.univg.univg tbody tr:hover{background:none}
        .univg.univg.univg td{overflow-wrap:anywhere}.univg.univg.univg td.univg-num{white-space:nowrap}
        .univg.univg.univg thead{border:0}.univg.univg.univg thead th{font-weight:600;border-bottom:2px solid var(--rule);vertical-align:bottom}
        .univg.univg.univg tbody th{font-weight:400;opacity:.72;white-space:nowrap}
        .univg.univg.univg .univg-num{text-align:right;font-variant-numeric:tabular-nums;padding-right:18px}
        .univg.univg.univg .univg-best td{font-weight:600;background:var(--fill)}
        .univg pre{margin:4px 0;padding:0;background:none;border:0;color:inherit;font:12px/1.4 var(--jp-code-font-family,var(--vscode-editor-font-family,ui-monospace,monospace));white-space:pre-wrap}
        .univg code{background:var(--fill);border-radius:3px;padding:0 4px;color:inherit}
        .univg img{margin:0;max-width:100%;height:auto}
        .univg-scroll{overflow-x:auto}
        .univg-note,.univg-warning{border-left:3px solid var(--rule);padding:2px 0 2px 9px;margin:4px 0}
        .univg-warning{border-color:var(--warn)}.univg-error{border-left:3px solid var(--bad);padding:4px 0 4px 9px}
        .univg-chart{max-width:100%;overflow-x:auto;overflow-y:hidden;margin:4px 0}.univg-chart pre{padding-top:40px}
        .univg-head{display:flex;justify-content:space-between;align-items:baseline;gap:12px;max-width:760px}
        .univg-status{font-size:12px;padding:1px 9px;border:1px solid var(--rule);border-radius:9px;white-space:nowrap}
        .univg-bar{display:block;width:760px;max-width:100%;height:9px;margin:2px 0 6px;appearance:none;-webkit-appearance:none;border:0;border-radius:5px;background:rgba(128,134,145,.25);overflow:hidden}
        .univg-bar::-webkit-progress-bar{background:rgba(128,134,145,.25)}.univg-bar::-webkit-progress-value{background:var(--accent)}.univg-bar::-moz-progress-bar{background:var(--accent)}
        .univg.univg.univg .univg-facts{table-layout:fixed;width:760px;max-width:100%;margin:2px 0 6px}
        .univg.univg.univg .univg-facts td{border:0;padding:1px 10px 3px 0;font-size:14px;line-height:1.35;font-variant-numeric:tabular-nums;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
        .univg.univg.univg .univg-facts td:last-child{width:24%}.univg-facts small{font-size:11px;opacity:.72}
        .univg.univg.univg .univg-grid td,.univg.univg.univg .univg-grid th{border:0;padding:0 10px 8px 0;opacity:1;white-space:normal}
        .univg.univg.univg .univg-grid th{font-weight:600;font-size:12px;max-width:110px}.univg.univg.univg .univg-grid tbody th{padding-right:12px;opacity:1}
        .univg-zoom{display:inline-block;cursor:zoom-in;margin:0}.univg-zoom:has(:checked){cursor:zoom-out}
        .univg-zoom input{position:absolute;opacity:0;width:1px;height:1px;margin:0}
        .univg .univg-zoom img{display:block;width:var(--cell);max-width:none}.univg .univg-zoom :checked+img{width:var(--enlarged)}
        .univg-zoom :focus-visible+img{outline:2px solid var(--accent);outline-offset:2px}
        .univg .univg-crisp{image-rendering:pixelated}
        .univg-label{font-size:12px;line-height:1.3;margin-top:3px}.univg-label a{color:inherit}
        .univg-caption{font-size:11px;line-height:1.3;opacity:.72;overflow-wrap:anywhere}
        .univg .univg-compare img{display:block}
        .univg-cut{position:relative;overflow:hidden}.univg .univg-cut img{position:absolute;left:0;top:0;width:100%;height:100%}
        .univg .univg-cut img+img{clip-path:inset(0 0 0 var(--cut,50%))}
        .univg-cut input{position:absolute;left:0;top:0;width:100%;height:100%;margin:0;padding:0;border:0;background:none;appearance:none;-webkit-appearance:none;cursor:ew-resize}
        .univg-cut input::-webkit-slider-runnable-track{height:100%;background:none}.univg-cut input::-moz-range-track{background:none}
        .univg-cut input::-webkit-slider-thumb{-webkit-appearance:none;width:4px;height:100%;background:#fff;border:0;border-radius:0;box-shadow:0 0 0 1px #1e1e1e}
        .univg-cut input::-moz-range-thumb{width:4px;height:100%;background:#fff;border:0;border-radius:0;box-shadow:0 0 0 1px #1e1e1e}
        .univg-cut input:focus-visible{outline:2px solid var(--accent);outline-offset:-2px}
        .univg .univg-samples{max-width:760px;min-height:22px;line-height:22px}.univg .univg-steps{float:right;margin:0;font-size:12px;font-weight:400}
        .univg-steps input{width:220px;margin:0 4px;vertical-align:middle;accent-color:var(--accent)}
        .univg-foot{display:flow-root;min-height:46px}.univg-awaited img{opacity:.2}.univg-awaited .univg-zoom{pointer-events:none}
        .univg-strip{display:flex;flex-wrap:wrap;gap:4px 6px}.univg-set{display:contents}
        .univg-slid .univg-chip,.univg-set:only-child .univg-chip{display:none}
        .univg .univg-chip{order:1;margin:0;padding:1px 9px;border:1px solid var(--rule);border-radius:9px;font-size:12px;font-weight:400;cursor:pointer;font-variant-numeric:tabular-nums}
        .univg-chip input{position:absolute;opacity:0;width:1px;height:1px;margin:0}.univg-chip:has(:checked){background:rgba(128,134,145,.28);font-weight:600}
        .univg-chip:has(:focus-visible){outline:2px solid var(--accent)}
        .univg-pane{order:2;width:100%;display:none}.univg-awaited .univg-pane{display:block}.univg-set:has(>.univg-chip :checked)>.univg-pane{display:block}
        """;

    /// <summary>Puts HTML under the style sheet.</summary>
    public static string Wrap(string html) => $"""
        <div class="univg"><style>{Sheet}</style>
        {html}
        </div>
        """;

    /// <summary>Makes any text safe in an element or a quoted attribute.</summary>
    public static string Encode(string? text) => WebUtility.HtmlEncode(text ?? "");
}
