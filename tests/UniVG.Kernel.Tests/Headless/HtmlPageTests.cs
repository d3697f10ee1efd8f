using System.Text.Json.Nodes;
using UniVG.Kernel.Headless;
using UniVG.Kernel.Headless.Html;
using UniVG.Kernel.Tests.CommandLine;
using UniVG.TestSupport.Browser;

namespace UniVG.Kernel.Tests.Headless;

public sealed class HtmlPageTests : IDisposable
{
    // A red pixel.
    private const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==";
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-html-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Text_is_markdown_with_its_pictures_inside()
    {
        File.WriteAllBytes(Path.Combine(_folder, "a dot.png"), Convert.FromBase64String(Png));
        var cell = Markdown("# Title\n\n| a | b |\n|---|---|\n| 1 | `x<y` |\n\n![dot](a%20dot.png) ![attached](attachment:dot.png) ![far](https://example.org/x.png)");
        cell["attachments"] = new JsonObject { ["dot.png"] = new JsonObject { ["image/png"] = Png } };

        var page = Page(cell);

        Assert.Contains("<h1 id=\"title\">Title</h1>", page, StringComparison.Ordinal);
        Assert.Contains("<td><code>x&lt;y</code></td>", page, StringComparison.Ordinal);
        Assert.Contains($"<img src=\"data:image/png;base64,{Png}\" alt=\"dot\"", page, StringComparison.Ordinal);
        Assert.Contains($"<img src=\"data:image/png;base64,{Png}\" alt=\"attached\"", page, StringComparison.Ordinal);
        Assert.Contains("https://example.org/x.png", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#!univg help <train>\nvar x = \"a<b\"; // why", "<span class=\"command\">#!univg help &lt;train&gt;\n</span>")]
    [InlineData("var x = \"a<b\"; // why", "<span class=\"keyword\">var</span> x = <span class=\"string\">&quot;a&lt;b&quot;</span>; <span class=\"comment\">// why</span>")]
    [InlineData("foreach (var i in n) F(1.5);", "<span class=\"keyword\">foreach</span> (<span class=\"keyword\">var</span> i <span class=\"keyword\">in</span> n) F(<span class=\"number\">1.5</span>);")]
    [InlineData("#!fsharp\nlet x = 1", "<span class=\"command\">#!fsharp\nlet x = 1</span>")]
    public void Code_is_coloured(string cell, string expected) => Assert.Contains(expected, CodeColours.ToHtml(cell), StringComparison.Ordinal);

    [Theory]
    [InlineData("int a;\n\n#!univg help\n\t#r \"nuget: X\"\n/* <b> */ var s = $@\"{a}\n\";")]
    [InlineData("#!markdown\n# <b>\n#!csharp\nx ")]
    [InlineData("var broken = \"")]
    public void Colours_change_nothing_of_the_text(string cell) => Assert.Equal(
        cell, System.Net.WebUtility.HtmlDecode(System.Text.RegularExpressions.Regex.Replace(CodeColours.ToHtml(cell), "<[^>]+>", "")));

    [Fact]
    public void Outputs_are_shown_in_their_richest_form()
    {
        var page = Page(Code(
            "1",
            Data(("text/plain", "plain"), ("text/html", "<b>rich</b>")),
            Data(("text/plain", "a \"dot\""), ("image/png", Png)),
            Data(("text/plain", "x < y")),
            Data(("text/plain", "*m*"), ("text/markdown", "*m*")),
            new JsonObject { ["output_type"] = "stream", ["name"] = "stderr", ["text"] = new JsonArray("1 <\n", "2\n") },
            new JsonObject { ["output_type"] = "error", ["ename"] = "E", ["evalue"] = "v", ["traceback"] = new JsonArray("\u001b[31mE\u001b[0m: v", "  at <Main>") }));

        Assert.Contains("<div class=\"output\"><b>rich</b></div>", page, StringComparison.Ordinal);
        Assert.Contains($"<img src=\"data:image/png;base64,{Png}\" alt=\"a &quot;dot&quot;\">", page, StringComparison.Ordinal);
        Assert.Contains("<pre>x &lt; y</pre>", page, StringComparison.Ordinal);
        Assert.Contains("<em>m</em>", page, StringComparison.Ordinal);
        Assert.Contains("<pre class=\"output stderr\">1 &lt;\n2\n</pre>", page, StringComparison.Ordinal);
        Assert.Contains("<pre class=\"output error\">E: v\n  at &lt;Main&gt;</pre>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("plain</pre>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_training_run_as_a_page_is_interactive_offline_and_readable_on_a_dark_screen()
    {
        ChromiumPage.SkipIfAbsent();
        var notebook = Write(
            Markdown("# A run"),
            Code($"#!univg model tiny\n#!univg data \"{Repository.SampleDataset}\"\n#!univg lora --dim 2\n#!univg train --steps 4 --sample-every 4"),
            Code("display(\"behind the run\", \"text/html\");"));

        var (exitCode, output, errors) = await UniVGProgram.RunAsync(_folder, "run", notebook, "--html");

        Assert.True(exitCode == 0, errors);
        Assert.Matches("wrote output.run.ipynb(.|\n)*wrote output.run.html", output);
        await using var page = await ChromiumPage.OpenAsync(File.ReadAllText(Path.Combine(_folder, "output", "run.html")));
        await page.WaitForAsync("document.querySelector('.js-plotly-plot .scatterlayer .trace')");
        Assert.Equal(4, await page.EvaluateAsync<int>("document.querySelector('.js-plotly-plot').data[0].x.length"));
        Assert.True(await page.EvaluateAsync<bool>("[...document.images].length > 4 && [...document.images].every(image => image.naturalWidth > 0)"));
        var light = await LuminancesAsync(page);
        await page.PreferDarkAsync();
        var dark = await LuminancesAsync(page);
        Assert.True(light.Page > 0.9 && light.Text < 0.2, $"{light}");
        Assert.True(dark.Page < 0.2 && dark.Text > 0.7, $"{dark}");
        Assert.Empty(page.Errors);
        Assert.Empty(page.Requests);
    }

    private static async Task<(double Page, double Text)> LuminancesAsync(ChromiumPage page)
    {
        async Task<double> OfAsync(string element, string property) => await page.EvaluateAsync<double>(
            $"getComputedStyle({element}).{property}.match(/\\d+/g).slice(0, 3).reduce((sum, c) => sum + c / 765, 0)");
        return (await OfAsync("document.body", "backgroundColor"), await OfAsync("document.querySelector('.univg table')", "color"));
    }

    private string Page(params JsonObject[] cells) => HtmlPage.Create(NotebookFile.Read(Write(cells)));

    private string Write(params JsonObject[] cells)
    {
        var path = Path.Combine(_folder, "run.ipynb");
        File.WriteAllText(path, new JsonObject { ["cells"] = new JsonArray([.. cells]), ["metadata"] = new JsonObject(), ["nbformat"] = 4, ["nbformat_minor"] = 5 }.ToJsonString());
        return path;
    }

    private static JsonObject Markdown(string text) => new() { ["cell_type"] = "markdown", ["metadata"] = new JsonObject(), ["source"] = text };

    private static JsonObject Code(string text, params JsonNode[] outputs)
    {
        var cell = NotebookCell.Code(text).Json;
        cell["outputs"] = new JsonArray(outputs);
        return cell;
    }

    private static JsonObject Data(params (string Type, string Content)[] data) => new()
    {
        ["output_type"] = "display_data",
        ["data"] = new JsonObject(data.Select(d => KeyValuePair.Create(d.Type, (JsonNode?)d.Content))),
        ["metadata"] = new JsonObject(),
    };
}
