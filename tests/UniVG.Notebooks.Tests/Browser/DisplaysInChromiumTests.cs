using UniVG.Finetuning.Training;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Displays.Charts;
using UniVG.Notebooks.Displays.Images;
using UniVG.Notebooks.Tests.Displays;
using UniVG.TestSupport.Browser;

namespace UniVG.Notebooks.Tests.Browser;

/// <summary>What people see: the displays in a real browser.</summary>
[Trait("Category", "Browser")]
public class DisplaysInChromiumTests
{
    private const string Panes = "[...document.querySelectorAll('.univg-pane')].map(pane => getComputedStyle(pane).display).join()";

    public DisplaysInChromiumTests() => ChromiumPage.SkipIfAbsent();

    private static TrainingPanelState Panel(int done) => new("LoRA", 400, Histories.Of(done, planned: 400))
    {
        ChartId = "live",
        Status = done < 400 ? TrainingStatus.Running : TrainingStatus.Finished,
        Note = done < 400 ? null : "Saved output/model_lora.safetensors (8.8 MB).",
        Awaited = new SampleSet(50, TestPictures.Row(4)),
        Samples = [.. Enumerable.Range(1, done / 50).Select(i => new SampleSet(i * 50, TestPictures.Row(4)) { Prompt = "vessels" })],
        Validation = done < 100 ? [] : [new ValidationPoint(100, 0.2)],
    };

    [Theory]
    [InlineData(OutputPage.Light)]
    [InlineData(OutputPage.Dark)]
    public async Task Charts_and_grids_are_really_drawn_and_nothing_is_requested(string style)
    {
        IReadOnlyList<StepReport> history = Histories.Of(300, textRate: 5e-5);
        await using var page = await ChromiumPage.OpenAsync(OutputPage.Of(
            style,
            LossChart.Create(history, new LossChartOptions { Id = "chart", Markers = [new ChartMarker(100, ChartMarkerKind.Save)] }),
            PlotlyBootstrap.Create(),
            TrainingPanel.Create(Panel(400) with { Samples = Panel(100).Samples }),
            ImageGrid.Create(TestPictures.Row(4))));

        await page.WaitForAsync("document.querySelectorAll('.js-plotly-plot .main-svg').length >= 2");

        Assert.Equal(300, await page.EvaluateAsync<int>("univgCharts.chart.data[0].x.length"));
        Assert.Equal(5, await page.EvaluateAsync<int>("univgCharts.chart.querySelectorAll('.scatterlayer .trace').length"));
        Assert.Equal(0, await page.EvaluateAsync<int>("document.querySelectorAll('.univg-chart img').length"));
        Assert.Equal(12, await page.EvaluateAsync<int>("[...document.images].filter(image => image.complete && image.naturalWidth === 64).length"));
        Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= 860, "wider than the page");
        Assert.Empty(page.Requests);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Live_updates_keep_the_graph_and_its_scale()
    {
        await using var page = await ChromiumPage.OpenAsync(OutputPage.Of(OutputPage.Light, PlotlyBootstrap.Create(), TrainingPanel.Create(Panel(100))));
        await page.WaitForAsync("document.querySelector('.js-plotly-plot .main-svg')");
        await page.EvaluateAsync("window.first = univgCharts.live; Plotly.relayout(first, { 'yaxis.type': 'log' }); true");

        await OutputPage.ReplaceAsync(page, 1, TrainingPanel.Create(Panel(101)));
        await page.WaitForAsync("univgCharts.live.data[0].x.length === 101");

        Assert.True(await page.EvaluateAsync<bool>("univgCharts.live === first && first.isConnected"));
        Assert.Equal("log", await page.EvaluateAsync<string>("first._fullLayout.yaxis.type"));
        Assert.Equal(1, await page.EvaluateAsync<int>("document.querySelectorAll('.js-plotly-plot').length"));

        await OutputPage.ReplaceAsync(page, 1, TrainingPanel.Create(Panel(400)));
        await page.WaitForAsync("univgCharts.live.data[0].x.length === 400 && document.querySelectorAll('.univg-chart img').length === 0");
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task From_the_first_update_to_the_last_nothing_on_the_page_moves()
    {
        await using var page = await ChromiumPage.OpenAsync(OutputPage.Of(OutputPage.Light, PlotlyBootstrap.Create(), TrainingPanel.Create(Panel(0))));
        var places = new List<string>();
        foreach (var done in (int[])[0, 1, 49, 50, 51, 100, 101, 399, 400])
        {
            await OutputPage.ReplaceAsync(page, 1, TrainingPanel.Create(Panel(done)));
            await page.WaitForAsync(done == 0 ? "true" : $"window.univgCharts && univgCharts.live && univgCharts.live.data && univgCharts.live.data[0].x.length === {done}");
            places.Add(await page.EvaluateAsync<string>("""
                ['.univg-bar', '.univg-facts', '.univg-chart', '.univg-samples', '.univg-pane:not([style]) img', '#below']
                  .map(selector => [...document.querySelectorAll(selector)].map(e => e.getBoundingClientRect()).filter(r => r.width > 0)[0])
                  .map(box => [box.left, box.top + scrollY, box.width].map(Math.round).join(' ')).join(', ')
                """));
        }

        Assert.All(places, place => Assert.Equal(places[0], place));
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Ten_thousand_steps_are_drawn_from_a_thousand_points_within_the_budget_of_a_chart()
    {
        var panel = TrainingPanel.Create(new TrainingPanelState("LoRA", 20_000, Histories.Of(10_000, planned: 20_000)) { ChartId = "live" });
        await using var page = await ChromiumPage.OpenAsync(OutputPage.Of(OutputPage.Light, PlotlyBootstrap.Create(), panel));

        await page.WaitForAsync("document.querySelector('.js-plotly-plot .main-svg')");

        Assert.InRange(await page.EvaluateAsync<int>("univgCharts.live.data.reduce((sum, trace) => sum + trace.x.length, 0)"), 500, 1000);
        Assert.Equal(10_000, await page.EvaluateAsync<int>("univgCharts.live.data[0].x.at(-1)"));
        Assert.InRange(((string)panel.Data["text/html"]).Length, 1, 60_000);
    }

    [Fact]
    public async Task Earlier_samples_are_behind_a_slider_whose_place_survives_updates()
    {
        await using var page = await ChromiumPage.OpenAsync(OutputPage.Of(OutputPage.Light, TrainingPanel.Create(Panel(60))));
        Assert.False(await page.EvaluateAsync<bool>("!!document.querySelector('.univg-steps')"));

        await OutputPage.ReplaceAsync(page, 0, TrainingPanel.Create(Panel(110)));
        await OutputPage.ReplaceAsync(page, 0, TrainingPanel.Create(Panel(160)));
        Assert.Equal("150", await page.EvaluateAsync<string>("document.querySelector('.univg-samples span').textContent"));
        await page.DragAsync(".univg-steps input", 0.98, 0.02);
        Assert.Equal("50", await page.EvaluateAsync<string>("document.querySelector('.univg-samples span').textContent"));
        Assert.Equal(4, await page.EvaluateAsync<int>(Seen(50)));
        Assert.Equal(0, await page.EvaluateAsync<int>(Seen(150)));

        // The notebook holds only the newest set while training goes on; the page remembers the others, and what was chosen.
        await OutputPage.ReplaceAsync(page, 0, TrainingPanel.Create(Panel(210)));
        Assert.Equal(4, await page.EvaluateAsync<int>(Seen(50)));
        await page.EvaluateAsync("document.querySelector('.univg-steps input').focus(); true");
        await page.PressAsync("ArrowRight", 39);
        Assert.Equal(4, await page.EvaluateAsync<int>(Seen(100)));
        Assert.Equal("step 100", await page.EvaluateAsync<string>("document.querySelector('.univg-steps input').getAttribute('aria-valuetext')"));

        // At the end of the slider it follows the newest again.
        await page.PressAsync("End", 35);
        await OutputPage.ReplaceAsync(page, 0, TrainingPanel.Create(Panel(260)));
        Assert.Equal(4, await page.EvaluateAsync<int>(Seen(250)));
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task A_slider_that_an_update_replaces_goes_on_with_the_drag_and_keeps_the_keyboard()
    {
        await using var page = await ChromiumPage.OpenAsync(OutputPage.Of(OutputPage.Light, TrainingPanel.Create(Panel(110))));
        await OutputPage.ReplaceAsync(page, 0, TrainingPanel.Create(Panel(160)));
        await page.DragAsync(".univg-steps input", 0.98, 0.02, () => OutputPage.ReplaceAsync(page, 0, TrainingPanel.Create(Panel(161))));
        Assert.Equal("100", await page.EvaluateAsync<string>("document.querySelector('.univg-samples span').textContent"));

        // The button is up: moving the pointer on changes nothing any more.
        await page.EvaluateAsync("window.dispatchEvent(new PointerEvent('pointermove', { clientX: 800 })); document.querySelector('.univg-steps input').focus(); true");
        Assert.Equal("100", await page.EvaluateAsync<string>("document.querySelector('.univg-samples span').textContent"));
        await OutputPage.ReplaceAsync(page, 0, TrainingPanel.Create(Panel(162)));
        await page.PressAsync("End", 35);
        Assert.Equal("150", await page.EvaluateAsync<string>("document.querySelector('.univg-samples span').textContent"));
        Assert.Empty(page.Errors);
    }

    [Theory]
    [InlineData("document.body.style.color = '#d4d4d4'; document.body.style.background = '#1e1e1e'")]
    [InlineData("{ const sheet = document.createElement('style'); sheet.textContent = 'body { color: #d4d4d4 !important; background: #1e1e1e !important }'; document.head.append(sheet); }")]
    public async Task Charts_take_the_colour_of_a_theme_that_is_chosen_later(string switching)
    {
        await using var page = await ChromiumPage.OpenAsync(OutputPage.Of(
            OutputPage.Light, PlotlyBootstrap.Create(), LossChart.Create(Histories.Of(30), new LossChartOptions { Id = "chart", Title = "a run" })));
        await page.WaitForAsync("document.querySelector('.js-plotly-plot .main-svg')");
        Assert.Equal("rgb(0, 0, 0)", await page.EvaluateAsync<string>("getComputedStyle(document.querySelector('.gtitle')).fill"));
        await page.EvaluateAsync("Plotly.relayout(univgCharts.chart, { 'yaxis.type': 'log' }); true");

        await page.EvaluateAsync(switching + "; true");

        await page.WaitForAsync("['.gtitle', '.legendtext', '.xtick text', '.ytitle', '.updatemenu-item-text'].every(text => getComputedStyle(document.querySelector(text)).fill === 'rgb(212, 212, 212)')");
        Assert.Equal("log", await page.EvaluateAsync<string>("univgCharts.chart._fullLayout.yaxis.type"));
        Assert.Empty(page.Errors);
    }

    [Theory]
    [InlineData(OutputPage.Light, 12)]
    [InlineData(OutputPage.Dark, 40)]
    public async Task Many_runs_are_named_beside_the_curves_which_keep_most_of_the_chart(string style, int count)
    {
        List<RunCurve> runs = [.. Enumerable.Range(0, count).Select(i => new RunCurve($"dim{4 * i}-alpha{2 * i}-conv-dim16-conv-alpha8-lr{i}e-4", Histories.Of(60), Best: i == 3))];
        await using var page = await ChromiumPage.OpenAsync(OutputPage.Of(style, PlotlyBootstrap.Create(), LossChart.Compare(runs)));
        await page.WaitForAsync("document.querySelector('.js-plotly-plot .main-svg')");
        await KeepAsync(page, $"legend-{count}");

        var plot = await page.EvaluateAsync<string>("(box => `${box.width > 400} ${box.height > 220}`)(document.querySelector('.nsewdrag').getBoundingClientRect())");
        Assert.Equal("True True", plot, ignoreCase: true);
        Assert.Equal(count, await page.EvaluateAsync<int>("document.querySelectorAll('.legendtext').length"));
        Assert.True(await page.EvaluateAsync<bool>("(box => box.right <= 800 && box.bottom <= document.querySelector('.univg-chart').getBoundingClientRect().bottom)(document.querySelector('.legend .bg').getBoundingClientRect())"));
        Assert.Equal("", await page.EvaluateAsync<string>(OutputPage.Faint));
        Assert.Empty(page.Errors);
    }

    private static async Task KeepAsync(ChromiumPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("UNIVG_SCREENSHOTS") is { Length: > 0 } shots)
            await File.WriteAllBytesAsync(Path.Combine(shots, $"{name}.png"), await page.ScreenshotAsync(), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_saved_notebook_keeps_earlier_samples_for_its_slider()
    {
        await using var page = await ChromiumPage.OpenAsync(OutputPage.Of(OutputPage.Dark, TrainingPanel.Create(Panel(400) with { Samples = Panel(150).Samples })));

        await page.DragAsync(".univg-steps input", 0.98, 0.5);

        Assert.Equal(4, await page.EvaluateAsync<int>(Seen(100)));
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Without_scripts_the_pictures_are_seen_and_samples_can_be_leafed_through()
    {
        await using var page = await ChromiumPage.OpenAsync(
            OutputPage.Of(OutputPage.Light, PlotlyBootstrap.Create(), TrainingPanel.Create(Panel(400) with { Samples = Panel(100).Samples })), scripts: false);

        Assert.Equal(760, await page.EvaluateAsync<int>("document.querySelector('.univg-chart img').naturalWidth"));
        Assert.Equal(0, await page.EvaluateAsync<int>("document.querySelectorAll('input[type=range]').length"));
        Assert.Equal("none,block", await page.EvaluateAsync<string>(Panes));
        await page.ClickAsync(".univg-chip");
        Assert.Equal("block,none", await page.EvaluateAsync<string>(Panes));
    }

    [Fact]
    public async Task A_click_enlarges_a_picture_and_another_makes_it_small_again()
    {
        await using var page = await ChromiumPage.OpenAsync(OutputPage.Of(OutputPage.Light, ImageGrid.Create(TestPictures.Row(2))));
        const string width = "document.querySelector('.univg-zoom img').width";

        await page.ClickAsync(".univg-zoom img");
        Assert.Equal(384, await page.EvaluateAsync<int>(width));
        await page.ClickAsync(".univg-zoom img");
        Assert.Equal(128, await page.EvaluateAsync<int>(width));
    }

    [Fact]
    public async Task The_divider_of_a_comparison_is_dragged_and_moved_by_keys()
    {
        await using var page = await ChromiumPage.OpenAsync(OutputPage.Of(OutputPage.Dark, ImageComparison.Create(TestPictures.Row(2), TestPictures.Row(2))));
        const string cut = "document.querySelectorAll('.univg-cut')[1]";

        await page.DragAsync("td:nth-child(3) .univg-cut input", 0.5, 0.25);

        var share = await page.EvaluateAsync<int>(cut + ".querySelector('input').valueAsNumber");
        Assert.InRange(share, 23, 27);
        Assert.Equal($"inset(0px 0px 0px {share}%)", await page.EvaluateAsync<string>($"getComputedStyle({cut}.querySelectorAll('img')[1]).clipPath"));
        Assert.Equal(2, await page.EvaluateAsync<int>($"[...{cut}.querySelectorAll('img')].filter(image => image.complete && image.naturalWidth === 64).length"));
        await page.PressAsync("ArrowRight", 39);
        Assert.Equal(share + 1, await page.EvaluateAsync<int>(cut + ".querySelector('input').valueAsNumber"));
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Narrow_tables_break_headings_between_words_only()
    {
        var table = new Table(
            [new("modality", true), new("learning rate", true), new("file")],
            [["1", "1e-4", "/a/rather/long/path/without/any/blank/in/it/model_lora.safetensors"]]).ToBundle();
        await using var page = await ChromiumPage.OpenAsync(OutputPage.Of(OutputPage.Light, table), width: 500);

        Assert.Equal("1,2", await page.EvaluateAsync<string>("""
            [...document.querySelectorAll('thead th')].slice(0, 2).map(heading => {
              const range = document.createRange();
              range.selectNodeContents(heading);
              return Math.round(range.getBoundingClientRect().height / 18);
            }).join()
            """));
    }

    private static string Seen(int step) => $"""
        [...document.querySelectorAll('.univg-set[data-step="{step}"] img')].filter(image => image.complete && image.naturalWidth > 0 && image.getBoundingClientRect().width > 0).length
        """;
}
