namespace UniVG.Kernel.Headless.Html;

/// <summary>How a page looks; it follows the reader's light or dark screen. Outputs bring their own style sheet.</summary>
internal static class PageStyle
{
    public const string Sheet = """

        :root{color-scheme:light dark;--text:#1f2328;--page:#fff;--code:#f5f6f8;--rule:#d5d9df;--keyword:#8250df;--string:#0a6c3d;--number:#0550ae;--comment:#59636e;--command:#0969a2;--bad:#b3233a}
        @media(prefers-color-scheme:dark){:root{--text:#dfe3e8;--page:#14171b;--code:#1e2329;--rule:#3a424c;--keyword:#c297ff;--string:#7fd8a4;--number:#79c0ff;--comment:#9aa4af;--command:#6cb6ff;--bad:#ff8b98}}
        body{margin:0;background:var(--page);color:var(--text);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
        main{max-width:860px;margin:0 auto;padding:24px 20px 64px}
        h1,h2,h3{line-height:1.25;margin:1.4em 0 .5em}h1{font-size:1.8em}h2{font-size:1.35em}h3{font-size:1.1em}
        a{color:var(--number)}
        .text table{border-collapse:collapse;margin:.8em 0}.text th,.text td{border:1px solid var(--rule);padding:4px 10px;text-align:left;vertical-align:top}
        .text code{background:var(--code);border-radius:3px;padding:1px 4px}.text pre code{padding:0}
        .text pre,.source{background:var(--code);border:1px solid var(--rule);border-radius:6px;padding:10px 12px;overflow-x:auto}
        pre,code{font:13px/1.5 ui-monospace,"Cascadia Code",Menlo,Consolas,monospace}
        pre{margin:.6em 0}.code{margin:1.1em 0}.output{margin:.5em 0 .5em 12px;overflow-x:auto}
        .output pre,pre.output{white-space:pre-wrap;overflow-wrap:anywhere}.stderr,.error{color:var(--bad)}.error{border-left:3px solid var(--bad);padding-left:9px}
        img{max-width:100%}
        .keyword{color:var(--keyword)}.string{color:var(--string)}.number{color:var(--number)}.comment{color:var(--comment)}.command{color:var(--command);font-weight:600}
        @media print{main{max-width:none}}

        """;
}
