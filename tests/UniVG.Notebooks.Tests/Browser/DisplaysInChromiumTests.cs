using UniVG.Finetuning.Training;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Displays.Charts;
using UniVG.Notebooks.Displays.Images;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Tests.Displays;
using UniVG.TestSupport.Browser;

namespace UniVG.Notebooks.Tests.Browser;

/// <summary>What people see: the displays in a real browser.</summary>
[Trait("Category", "Browser")]
public class DisplaysInChromiumTests
{
    private const string Light = "background:#ffffff;color:#000000";
    private const string Dark = "background:#1e1e1e;color:#d4d4d4";

    /// <summary>Replaces a live panel as JupyterLab does: new nodes in place of the old, then the scripts run.</summary>
    private const string ReplacePanel = """
        const host = document.querySelector('[data-univg-chart="live"]').closest('.output');
        host.innerHTML = CONTENT;
        host.querySelectorAll('script').forEach(old => {
          const script = document.createElement('script');
          script.textContent = old.textContent;
          old.replaceWith(script);
        });
        """;

    public DisplaysInChromiumTests()
        => ChromiumPage.SkipIfAbsent();

    private static string Page(string style, params MimeBundle[] outputs) => $"""
        <!DOCTYPE html><html><head><meta charset="utf-8"><title>outputs</title><style>body {"{"}{style}{"}"}</style></head><body>
        {string.Join('\n', outputs.Select(output => $"<div class=\"output\">{output.Data["text/html"]}</div>"))}
        </body></html>
        """;

    private static TrainingPanelState Panel(int done) => new("LoRA", 400, Histories.Of(done, planned: 400))
    {
        ChartId = "live",
        Status = done < 400 ? TrainingStatus.Running : TrainingStatus.Finished,
        Samples = [new SampleSet(50, TestPictures.Row(4)), new SampleSet(100, TestPictures.Row(4))],
    };

    [Theory]
    [InlineData(Light)]
    [InlineData(Dark)]
    public async Task Charts_grids_and_texts_are_really_drawn_and_nothing_is_requested(string style)
    {
        IReadOnlyList<StepReport> history = Histories.Of(300, textRate: 5e-5);
        await using var page = await ChromiumPage.OpenAsync(Page(
            style,
            LossChart.Create(history, new LossChartOptions { Id = "chart", Markers = [new ChartMarker(100, ChartMarkerKind.Save)] }),
            PlotlyBootstrap.Create(),
            TrainingPanel.Create(Panel(400)),
            ImageGrid.Create(TestPictures.Row(4)),
            new Card("Model") { Facts = [new("file", "a.safetensors")] }.ToBundle()));

        await page.WaitForAsync("document.querySelectorAll('.js-plotly-plot .main-svg').length >= 2");

        Assert.Equal(300, await page.EvaluateAsync<int>("univgCharts.chart.data[0].x.length"));
        Assert.Equal(5, await page.EvaluateAsync<int>("univgCharts.chart.querySelectorAll('.scatterlayer .trace').length"));
        Assert.Equal(0, await page.EvaluateAsync<int>("document.querySelectorAll('.univg-chart img').length"));
        Assert.Equal(12, await page.EvaluateAsync<int>("[...document.images].filter(image => image.complete && image.naturalWidth === 64).length"));
        Assert.InRange(await page.EvaluateAsync<double>(Contrast("td")), 4.5, 21);
        Assert.InRange(await page.EvaluateAsync<double>(Contrast("tbody th")), 4.5, 21);
        Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= 860, "wider than the page");
        Assert.Empty(page.Requests);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Live_updates_keep_the_graph_its_scale_and_the_height_of_the_page()
    {
        await using var page = await ChromiumPage.OpenAsync(Page(Light, PlotlyBootstrap.Create(), TrainingPanel.Create(Panel(100))));
        await page.WaitForAsync("document.querySelector('.js-plotly-plot .main-svg')");
        await page.EvaluateAsync("window.first = univgCharts.live; Plotly.relayout(first, { 'yaxis.type': 'log' }); window.height = document.body.offsetHeight; true");

        await page.EvaluateAsync(Replace(Panel(101)));
        await page.WaitForAsync("univgCharts.live.data[0].x.length === 101");

        Assert.True(await page.EvaluateAsync<bool>("univgCharts.live === first && first.isConnected"));
        Assert.Equal("log", await page.EvaluateAsync<string>("first._fullLayout.yaxis.type"));
        Assert.Equal(1, await page.EvaluateAsync<int>("document.querySelectorAll('.js-plotly-plot').length"));
        Assert.Equal(0, await page.EvaluateAsync<int>("document.body.offsetHeight - height"));

        await page.EvaluateAsync(Replace(Panel(400)));
        await page.WaitForAsync("univgCharts.live.data[0].x.length === 400 && document.querySelectorAll('.univg-chart img').length === 0");
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Without_scripts_the_pictures_are_seen_and_samples_can_be_leafed_through()
    {
        await using var page = await ChromiumPage.OpenAsync(Page(Light, PlotlyBootstrap.Create(), TrainingPanel.Create(Panel(400))), scripts: false);

        Assert.Equal(760, await page.EvaluateAsync<int>("document.querySelector('.univg-chart img').naturalWidth"));
        Assert.Equal("none,block", (string)(await page.EvaluateAsync(
            "[...document.querySelectorAll('.univg-pane')].map(pane => getComputedStyle(pane).display).join()"))!);
        await page.EvaluateAsync("document.querySelector('.univg-chip').click()");
        Assert.Equal("block,none", (string)(await page.EvaluateAsync(
            "[...document.querySelectorAll('.univg-pane')].map(pane => getComputedStyle(pane).display).join()"))!);
    }

    [Fact]
    public async Task The_slider_of_a_comparison_moves_the_divider()
    {
        await using var page = await ChromiumPage.OpenAsync(Page(Dark, ImageComparison.Create(TestPictures.Row(2), TestPictures.Row(2))));

        await page.EvaluateAsync("""
            document.querySelector('.univg-overlay').click();
            const slider = document.querySelector('.univg-slider input');
            slider.value = 25;
            slider.dispatchEvent(new Event('input'));
            """);

        Assert.Equal("inset(0px 0px 0px 25%)", await page.EvaluateAsync<string>("getComputedStyle(document.querySelector('.univg-second img')).clipPath"));
        Assert.True((bool)(await page.EvaluateAsync("""
            (() => { const [a, b] = ['first', 'second'].map(row => document.querySelector(`.univg-${row} img`).getBoundingClientRect()); return a.top === b.top && a.left === b.left; })()
            """))!);
        Assert.Empty(page.Errors);
    }

    private static string Replace(TrainingPanelState state)
        => "{" + ReplacePanel.Replace(
            "CONTENT", System.Text.Json.JsonSerializer.Serialize(TrainingPanel.Create(state).Data["text/html"]), StringComparison.Ordinal) + "} true";

    /// <summary>WCAG 2 contrast of an element's text, its opacity included, with the page's background.</summary>
    private static string Contrast(string selector) => $$"""
        (() => {
          const numbers = colour => colour.match(/[\d.]+/g).map(Number);
          const element = document.querySelector('.univg {{selector}}');
          const back = numbers(getComputedStyle(document.body).backgroundColor), opacity = Number(getComputedStyle(element).opacity);
          const text = numbers(getComputedStyle(element).color).map((value, i) => value * opacity + back[i] * (1 - opacity));
          const luminance = rgb => rgb.slice(0, 3).map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          const [a, b] = [luminance(text), luminance(back)].sort((x, y) => y - x);
          return (a + 0.05) / (b + 0.05);
        })()
        """;
}
