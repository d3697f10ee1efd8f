using UniVG.Diffusion;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Displays.Images;

namespace UniVG.Notebooks.Tests.Displays;

/// <summary>A prompt of a page beside pictures.</summary>
public class LongPromptTests
{
    private static readonly string Prompt = string.Join(", ", Enumerable.Range(0, 60).Select(i => $"vessel number {i} ☂"));

    private static IReadOnlyList<GridImage> Images => [.. Enumerable.Range(0, 4).Select(i => new GridImage(TestPictures.Of(16, 16, i), $"seed {i}", $"{Prompt}, seed {i}"))];

    [Fact]
    public void Grid_shows_it_shortened_with_the_whole_once_in_a_tooltip_and_its_pictures_told_apart()
    {
        var bundle = ImageGrid.Create(Images, new ImageGridOptions { Title = $"“{Prompt}”" });

        var root = MarkupAssert.WellFormed(bundle);
        var title = root.Descendants("span").Single(span => span.Attribute("title") is not null);
        Assert.Equal($"“{Prompt}”", title.Attribute("title")!.Value);
        Assert.Matches("^“vessel number 0 ☂, .{20,70} … .*59 ☂”$", title.Value);
        Assert.Equal(4, root.Descendants("img").Select(image => image.Attribute("alt")!.Value).Distinct().Count());
        Assert.All(root.Descendants("img"), image => Assert.InRange(image.Attribute("alt")!.Value.Length, 50, 100));
        Assert.Single(Occurrences((string)bundle.Data["text/html"]));
        Assert.Single(Occurrences(bundle.PlainText));
    }

    [Fact]
    public void Panel_and_comparison_do_the_same()
    {
        var state = new TrainingPanelState("LoRA", 10, Histories.Of(5, planned: 10)) { ChartId = "long", Status = TrainingStatus.Finished, Samples = [new SampleSet(5, Images) { Prompt = Prompt }] };
        foreach (var bundle in new[] { TrainingPanel.Create(state), ImageComparison.Create(Images, Images, options: new ImageGridOptions { Title = Prompt }) })
        {
            MarkupAssert.WellFormed(bundle);
            Assert.Single(Occurrences((string)bundle.Data["text/html"]));
            Assert.Single(Occurrences(bundle.PlainText));
        }
    }

    [Fact]
    public void Request_keeps_it_whole_as_a_fact()
    {
        Assert.Single(Occurrences(ResultFormatter.Format(new ImageRequest { Prompt = Prompt })!.PlainText));
        Assert.DoesNotContain("\n  prompt", ResultFormatter.Format(new ImageRequest { Prompt = "vessels" })!.PlainText, StringComparison.Ordinal);
    }

    [Fact]
    public void Short_prompts_have_no_tooltip() =>
        Assert.DoesNotContain("title=", (string)ImageGrid.Create(Images.Select(image => image with { AltText = "" }).ToList(), new ImageGridOptions { Title = "vessels" }).Data["text/html"], StringComparison.Ordinal);

    private static IEnumerable<int> Occurrences(string text)
    {
        text = System.Net.WebUtility.HtmlDecode(text);
        for (var at = text.IndexOf(Prompt, StringComparison.Ordinal); at >= 0; at = text.IndexOf(Prompt, at + 1, StringComparison.Ordinal)) yield return at;
    }
}
