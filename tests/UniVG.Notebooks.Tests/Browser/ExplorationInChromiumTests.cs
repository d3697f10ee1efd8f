using UniVG.Diffusion;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Displays.Charts;
using UniVG.Notebooks.Displays.Exploration;
using UniVG.Notebooks.Exploration;
using UniVG.Notebooks.Exploration.Grids;
using UniVG.Notebooks.Exploration.Sweeps;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Tests.Displays;
using UniVG.TestSupport.Browser;

namespace UniVG.Notebooks.Tests.Browser;

/// <summary>Comparisons of runs, sweeps and grids of samples in a real browser.</summary>
[Trait("Category", "Browser")]
public class ExplorationInChromiumTests
{
    public ExplorationInChromiumTests() => ChromiumPage.SkipIfAbsent();

    [Theory]
    [InlineData(OutputPage.Light)]
    [InlineData(OutputPage.Dark)]
    public async Task Runs_compared_have_a_curve_each_a_marked_best_row_and_a_row_of_pictures(string style)
    {
        await using var page = await OpenAsync(style, ComparisonView.Create(Comparison()));

        Assert.Equal("slow,fast (best),slow, validation,fast, validation", await page.EvaluateAsync<string>("document.querySelector('.js-plotly-plot').data.map(trace => trace.name).join()"));
        Assert.Equal("120,80,3,3", await page.EvaluateAsync<string>("document.querySelector('.js-plotly-plot').data.map(trace => trace.x.length).join()"));
        Assert.Equal("fast", await page.EvaluateAsync<string>("document.querySelector('tr.univg-best td, tr.univg-best th').textContent.trim()"));
        Assert.Equal("without adapter|slow, step 120|fast, step 80", await page.EvaluateAsync<string>("[...document.querySelectorAll('.univg-grid tbody th')].map(heading => heading.textContent).join('|')"));
        await AssertWholeAsync(page, pictures: 6);
    }

    [Theory]
    [InlineData(OutputPage.Light)]
    [InlineData(OutputPage.Dark)]
    public async Task A_sweep_has_a_line_a_run_through_all_axes_and_a_row_a_run_also_for_what_was_given_up(string style)
    {
        await using var page = await OpenAsync(style, SweepView.Create(Sweep()));

        // A run that was given up has no place on the axis of the criterion.
        Assert.Equal("3,3,3", await page.EvaluateAsync<string>("document.querySelector('.js-plotly-plot').data.map(trace => trace.x.length).join()"));
        Assert.Equal(3, await page.EvaluateAsync<int>("document.querySelectorAll('.scatterlayer .trace').length"));
        Assert.Equal("dim,lr,validation loss", await page.EvaluateAsync<string>("[...document.querySelectorAll('.xtick text')].map(tick => tick.textContent).join()"));
        Assert.Equal(4, await page.EvaluateAsync<int>("document.querySelectorAll('tbody tr').length"));
        Assert.Equal(1, await page.EvaluateAsync<int>("document.querySelectorAll('tr.univg-best').length"));
        await AssertWholeAsync(page, pictures: 0);
    }

    [Theory]
    [InlineData(OutputPage.Light)]
    [InlineData(OutputPage.Dark)]
    public async Task A_grid_of_samples_has_a_heading_for_each_column_and_row_and_every_picture_is_decoded(string style)
    {
        await using var page = await OpenAsync(style, SampleGridView.Create(Grid()));

        Assert.Equal("no adapter|step 50|step 100", await page.EvaluateAsync<string>("[...document.querySelectorAll('thead th')].map(heading => heading.textContent).join('|')"));
        Assert.Equal("scale 0.5|scale 1", await page.EvaluateAsync<string>("[...document.querySelectorAll('tbody th')].map(heading => heading.textContent).join('|')"));
        Assert.Equal(1, await page.EvaluateAsync<int>("new Set([...document.images].map(image => Math.round(image.getBoundingClientRect().width))).size"));
        await AssertWholeAsync(page, pictures: 6);
    }

    private static async Task<ChromiumPage> OpenAsync(string style, MimeBundle output)
    {
        var page = await ChromiumPage.OpenAsync(OutputPage.Of(style, PlotlyBootstrap.Create(), output));
        await page.WaitForAsync("[...document.querySelectorAll('.univg-chart')].every(chart => chart.querySelector('.main-svg') && !chart.querySelector(':scope > img'))");
        if (Environment.GetEnvironmentVariable("UNIVG_SCREENSHOTS") is { Length: > 0 } shots)
            await File.WriteAllBytesAsync(Path.Combine(shots, $"exploration-{Guid.NewGuid():N}.png"), await page.ScreenshotAsync(), TestContext.Current.CancellationToken);
        return page;
    }

    private static async Task AssertWholeAsync(ChromiumPage page, int pictures)
    {
        Assert.Equal(pictures, await page.EvaluateAsync<int>("[...document.images].filter(image => image.complete && image.naturalWidth === 64).length"));
        Assert.Equal(pictures, await page.EvaluateAsync<int>("document.images.length"));
        Assert.Equal("", await page.EvaluateAsync<string>(OutputPage.Faint));
        Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= 860, "wider than the page");
        Assert.Empty(page.Requests);
        Assert.Empty(page.Errors);
    }

    private static RunComparison Comparison() => new([Run("slow", 120, 1e-4, 0.3), Run("fast", 80, 1e-3, 0.2)])
    {
        Request = new ImageRequest { Prompt = "vessels", Seed = 3 },
        Samples = [.. new[] { ((string?)null, 0), ("slow", 120), ("fast", 80) }.Select((row, i) => new RunSamples(row.Item1, row.Item2, [TestPictures.Of(64, 64, i), TestPictures.Of(64, 64, i + 9)]))],
    };

    private static RunRecord Run(string name, int steps, double rate, double validation) => new(
        name, new RunFiles("output", name), new RunDefinition { Adapter = new LoraConfig(), Training = new TrainingConfig { Steps = steps, LearningRate = rate } },
        Histories.Of(steps), [new(0, 0.5), new(steps / 2, 0.4), new(steps, validation)]);

    private static SweepResult Sweep() => new("output/sweep", SweepCriterion.ValidationLoss,
    [
        .. new[] { ("4", "1e-4", 0.30), ("4", "1e-3", 0.25), ("8", "1e-4", 0.20), ("8", "1e30", double.NaN) }.Select(one => (
            new SweepRun($"dim{one.Item1}-lr{one.Item2}", [new("dim", one.Item1), new("lr", one.Item2)], new LoraConfig(), new TrainingConfig()),
            (SweepOutcome?)new SweepOutcome
            {
                Path = "output/sweep/model_lora.safetensors", Steps = 200, Loss = one.Item3, ValidationLoss = one.Item3, Parameters = 119_456, Bytes = 232_628, Seconds = 12,
                Fault = double.IsNaN(one.Item3) ? "The loss is no longer a number." : null,
            })),
    ]);

    private static SampleGrid Grid() => new(
        new ImageRequest { Prompt = "vessels" }, "model", new GridAxis("step", 0, 50, 100), new GridAxis("scale", 0.5, 1), [.. Enumerable.Range(0, 6).Select(i => TestPictures.Of(64, 64, i))])
    {
        File = Path.GetFullPath("output/sample/model-grid-00001.png"),
    };
}
