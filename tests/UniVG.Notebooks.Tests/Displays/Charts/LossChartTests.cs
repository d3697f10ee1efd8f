using System.Text.Json.Nodes;
using SkiaSharp;
using UniVG.Finetuning.Training;
using UniVG.Notebooks.Displays.Charts;
using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Tests.Displays.Charts;

public class LossChartTests
{
    private static JsonObject Figure(MimeBundle bundle) => (JsonObject)bundle.Data["application/vnd.plotly.v1+json"];

    private static string[] TraceNames(MimeBundle bundle)
        => [.. Figure(bundle)["data"]!.AsArray().Select(trace => (string)trace!["name"]!)];

    [Fact]
    public void A_short_run_keeps_every_point_raw_and_smoothed()
    {
        var figure = Figure(LossChart.Create(Histories.Of(60)));

        var data = figure["data"]!.AsArray();
        Assert.Equal(["loss", "smoothed", "learning rate"], data.Select(trace => (string)trace!["name"]!));
        Assert.All(data, trace => Assert.Equal(60, trace!["x"]!.AsArray().Count));
        Assert.Equal("y2", (string)data[2]!["yaxis"]!);
        Assert.Equal((760, 340), ((int)figure["layout"]!["width"]!, (int)figure["layout"]!["height"]!));
    }

    [Fact]
    public void A_long_run_is_thinned_to_a_thousand_points_and_keeps_its_spike()
    {
        var bundle = LossChart.Create(Histories.Of(10_000));

        var data = Figure(bundle)["data"]!.AsArray();
        Assert.InRange(data.Sum(trace => trace!["x"]!.AsArray().Count), 500, 1000);
        Assert.Contains(data[0]!["y"]!.AsArray(), y => (double)y! == 2.5);
        Assert.Equal(10_000, (double)data[0]!["x"]!.AsArray()[^1]!);
    }

    [Fact]
    public void A_saved_chart_stays_under_100_KB()
    {
        var bundle = LossChart.Create(Histories.Of(10_000, textRate: 5e-5), new LossChartOptions
        {
            Validation = [.. Enumerable.Range(1, 200).Select(i => new ValidationPoint(i * 50, 0.2))],
            Markers = [.. Enumerable.Range(1, 200).Select(i => new ChartMarker(i * 50, ChartMarkerKind.Sample))],
        });

        var bytes = ((string)bundle.Data["text/html"]).Length
            + Convert.ToBase64String((byte[])bundle.Data["image/png"]).Length
            + Figure(bundle).ToJsonString().Length
            + bundle.PlainText.Length;
        Assert.InRange(bytes, 1, 100 * 1024);
    }

    [Fact]
    public void Text_encoder_rate_validation_and_markers_get_traces_of_their_own()
    {
        var bundle = LossChart.Create(Histories.Of(50, textRate: 5e-5), new LossChartOptions
        {
            Validation = [new ValidationPoint(25, 0.3)],
            Markers = [new ChartMarker(10, ChartMarkerKind.Sample), new ChartMarker(50, ChartMarkerKind.Save, "a.safetensors")],
        });

        Assert.Equal(["loss", "smoothed", "validation", "lr UNet", "lr text encoder", "samples", "saved"], TraceNames(bundle));
    }

    [Fact]
    public void The_figure_holds_a_gap_where_the_loss_is_not_a_number()
    {
        var history = Histories.Of(10).Select(report => report.Step == 4 ? report with { Loss = double.NaN } : report).ToList();

        var y = Figure(LossChart.Create(history))["data"]![0]!["y"]!.AsArray();

        Assert.Null(y[3]);
        Assert.Equal(9, y.Count(value => value is not null));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300)]
    public void The_picture_has_the_charts_size_and_is_not_empty(int steps)
    {
        using var picture = SKBitmap.Decode((byte[])LossChart.Create(Histories.Of(steps)).Data["image/png"]);

        Assert.Equal((LossChart.Width, LossChart.Height), (picture.Width, picture.Height));
        Assert.InRange(picture.Pixels.Count(pixel => pixel.Alpha > 100), 1000, picture.Width * picture.Height / 2);
        Assert.Equal(0, picture.GetPixel(0, 0).Alpha);
    }

    [Fact]
    public void Labels_are_drawn_with_the_embedded_font()
    {
        // The titles of the axes, left and below the data: text pixels that exist on a machine without any font too.
        using var picture = SKBitmap.Decode((byte[])LossChart.Create(Histories.Of(30)).Data["image/png"]);
        var below = from x in Enumerable.Range(300, 160) from y in Enumerable.Range(picture.Height - 18, 18) select picture.GetPixel(x, y);

        Assert.InRange(below.Count(pixel => pixel.Alpha > 100), 20, 1000);
    }

    [Fact]
    public void The_text_twin_tells_range_and_shape()
    {
        var text = LossChart.Create(Histories.Of(200), new LossChartOptions { Title = "run-1" }).PlainText.Split('\n');

        Assert.Equal("run-1", text[0]);
        Assert.StartsWith("Loss over steps 1–200, smoothed: 0.4", text[1], StringComparison.Ordinal);
        Assert.Equal(60, text[2].Length);
        Assert.Equal('█', text[2].Max());
    }

    [Fact]
    public void Hostile_labels_can_neither_end_the_script_nor_become_tags()
    {
        const string hostile = "</script><script>alert(1)</script>";

        var bundle = LossChart.Create(Histories.Of(5), new LossChartOptions
        {
            Title = hostile,
            Markers = [new ChartMarker(2, ChartMarkerKind.Save, hostile)],
        });

        MarkupAssert.WellFormed(bundle);
        Assert.DoesNotContain("alert(1)</script>", (string)bundle.Data["text/html"], StringComparison.Ordinal);
        Assert.DoesNotContain('<', (string)Figure(bundle)["layout"]!["title"]!["text"]!);
    }

    [Fact]
    public void Without_scripts_the_html_is_the_picture_alone()
    {
        var bundle = LossChart.Create(Histories.Of(20), new LossChartOptions { Interactive = false });

        var root = MarkupAssert.WellFormed(bundle);
        Assert.Empty(root.Descendants("script"));
        Assert.StartsWith("data:image/png;base64,", root.Descendants("img").Single().Attribute("src")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Compared_runs_get_a_curve_each_and_the_best_is_named()
    {
        var bundle = LossChart.Compare([new RunCurve("a", Histories.Of(40)), new RunCurve("b", Histories.Of(30), Best: true), new RunCurve("c", [])]);

        Assert.Equal(["a", "b (best)", "c"], TraceNames(bundle));
        Assert.Contains("b  0.", bundle.PlainText, StringComparison.Ordinal);
        Assert.EndsWith("no steps", bundle.PlainText.TrimEnd(), StringComparison.Ordinal);
    }
}
