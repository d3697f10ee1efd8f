using UniVG.Notebooks.Displays;

namespace UniVG.Notebooks.Tests.Displays;

public class TrainingPanelTests
{
    private static TrainingPanelState State(int done, TrainingStatus status) => new("LoRA dim 16", 400, Histories.Of(done, planned: 400))
    {
        ChartId = "panel",
        Status = status,
        Elapsed = TimeSpan.FromSeconds(done * 0.2),
        MemoryBytes = 1L << 30,
        Samples = [.. Enumerable.Range(1, done / 50).Select(i => new SampleSet(i * 50, TestPictures.Row(4)))],
    };

    [Fact]
    public void The_first_line_is_the_progress_line()
    {
        var line = TrainingPanel.Create(State(120, TrainingStatus.Running)).PlainText.Split('\n')[0];

        Assert.Matches(@"^step 120/400 · loss 0\.\d{4} · 5\.0 it/s · ETA 0:56$", line);
    }

    [Theory]
    [InlineData(0, TrainingStatus.Running, "step 0/400 · preparing")]
    [InlineData(0, TrainingStatus.Failed, "step 0/400 · failed after 0:00")]
    public void The_first_line_says_what_happens_before_the_first_step(int done, TrainingStatus status, string expected)
        => Assert.Equal(expected, TrainingPanel.Line(State(done, status)));

    [Fact]
    public void An_activity_replaces_the_remaining_time()
        => Assert.EndsWith(
            "· drawing samples", TrainingPanel.Line(State(100, TrainingStatus.Running) with { Activity = "drawing samples" }), StringComparison.Ordinal);

    [Fact]
    public void A_running_panel_has_no_chart_picture_and_only_the_newest_samples()
    {
        var bundle = TrainingPanel.Create(State(250, TrainingStatus.Running));

        var root = MarkupAssert.WellFormed(bundle);
        Assert.Equal(4, root.Descendants("img").Count());
        Assert.False(bundle.Data.ContainsKey("image/png"));
        Assert.Equal("250", root.Descendants("progress").Single().Attribute("value")!.Value);
    }

    [Fact]
    public void A_finished_panel_has_the_chart_picture_and_leafs_through_earlier_samples()
    {
        var bundle = TrainingPanel.Create(State(400, TrainingStatus.Finished));

        var root = MarkupAssert.WellFormed(bundle);
        var choices = root.Descendants("input").Where(input => (string?)input.Attribute("type") == "radio").ToList();
        Assert.InRange(choices.Count, 2, 8);
        Assert.Equal("400", choices.Single(choice => choice.Attribute("checked") is not null).Parent!.Value.Trim());
        Assert.True(bundle.Data.ContainsKey("image/png"));
        Assert.Contains("finished after 1:20", bundle.PlainText, StringComparison.Ordinal);
    }

    [Fact]
    public void A_finished_panel_keeps_its_size_whatever_the_number_of_samples()
    {
        var few = ((string)TrainingPanel.Create(State(100, TrainingStatus.Finished)).Data["text/html"]).Length;
        var state = State(400, TrainingStatus.Finished);
        var many = state with { Samples = [.. Enumerable.Range(1, 200).Select(i => new SampleSet(i * 2, TestPictures.Row(4)))] };

        Assert.InRange(((string)TrainingPanel.Create(many).Data["text/html"]).Length, few, few + 80_000);
    }

    [Fact]
    public void Titles_and_notes_stay_text()
    {
        var state = State(10, TrainingStatus.Stopped) with { Title = "<script>", Note = "a < b & c" };

        var root = MarkupAssert.WellFormed(TrainingPanel.Create(state));

        Assert.Contains("a < b & c", root.Value, StringComparison.Ordinal);
    }
}
