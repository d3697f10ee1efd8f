using UniVG.Notebooks.Displays.Charts;
using UniVG.Notebooks.Displays.Evaluation;
using UniVG.Notebooks.Tests.Displays.Evaluation;
using UniVG.TestSupport.Browser;

namespace UniVG.Notebooks.Tests.Browser;

/// <summary>An evaluation and a curve of several in a real browser.</summary>
[Trait("Category", "Browser")]
public class EvaluationInChromiumTests
{
    public EvaluationInChromiumTests()
        => ChromiumPage.SkipIfAbsent();

    [Theory]
    [InlineData(OutputPage.Light)]
    [InlineData(OutputPage.Dark)]
    public async Task Charts_and_pictures_are_really_drawn_and_nothing_is_requested(string style)
    {
        string Html(Hosting.MimeBundle bundle) => (string)bundle.Data["text/html"];
        await using var page = await ChromiumPage.OpenAsync($"""
            <!DOCTYPE html><html><head><meta charset="utf-8"><title>outputs</title></head><body style="{style}">
            {Html(PlotlyBootstrap.Create())}
            <div id="one">{Html(EvaluationView.Create(Evaluations.Of()))}</div>
            <div id="many">{Html(EvaluationCurve.Create([Evaluations.Of(50, 20), Evaluations.Of(100, 4)]))}</div>
            </body></html>
            """);

        await page.WaitForAsync("document.querySelectorAll('.js-plotly-plot .main-svg').length >= 2");

        Assert.Equal(3, await page.EvaluateAsync<int>("document.querySelectorAll('#one .scatterlayer .trace').length"));
        // The curve of the adapter, the base model and the training pictures.
        Assert.Equal(3, await page.EvaluateAsync<int>("document.querySelectorAll('#many .scatterlayer .trace').length"));
        // The base model's distance stands at step 0.
        Assert.Equal(3, await page.EvaluateAsync<int>("document.querySelector('#many .js-plotly-plot').data[0].x.length"));
        Assert.Equal(40, await page.EvaluateAsync<int>("document.querySelector('#many .js-plotly-plot').data[0].y[0]"));
        Assert.Equal(36, await page.EvaluateAsync<int>("[...document.images].filter(image => image.complete && image.naturalWidth > 0).length"));
        Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= 860, "wider than the page");
        Assert.Empty(page.Requests);
        Assert.Empty(page.Errors);
    }
}
