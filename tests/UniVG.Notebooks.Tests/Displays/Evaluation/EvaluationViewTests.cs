using UniVG.Notebooks.Displays.Evaluation;

namespace UniVG.Notebooks.Tests.Displays.Evaluation;

public class EvaluationViewTests
{
    [Fact]
    public void Figures_stand_with_their_intervals_beside_those_of_the_base()
    {
        var text = EvaluationView.Create(Evaluations.Of()).PlainText;

        Assert.Matches(@"kernel distance +40\.00 \[39\.00, 41\.00\] +3\.00 \[2\.00, 4\.00\] +-0\.10 \[-1\.10, 0\.90\]", text);
        Assert.Matches(@"vessels, % of the picture( +15\.0 \[14\.0, 16\.0\]){4}", text);
        Assert.Contains("0.20 near", text, StringComparison.Ordinal);
        Assert.DoesNotContain("0.40 near", text, StringComparison.Ordinal);
        Assert.Contains("Warning: broken.png", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0.2, null)]
    [InlineData(0, 0.001, "12 % of the samples are as near to a training picture as only 5 %")]
    [InlineData(3, 0.2, "3 of the 32 samples are copies of training pictures")]
    public void Memorising_is_warned_of_where_there_are_copies_or_more_near_samples_than_chance_explains(int copies, double chance, string? expected)
    {
        var text = EvaluationView.Create(Evaluations.Of(memorised: 0.12, copies: copies, chance: chance)).PlainText;

        Assert.Equal(expected is not null, text.Contains("memorised training pictures", StringComparison.Ordinal));
        if (expected is not null) Assert.Contains("Warning: " + expected, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Markup_is_well_formed_each_picture_has_a_text_and_the_whole_stays_small()
    {
        var bundle = EvaluationView.Create(Evaluations.Of());

        var pictures = MarkupAssert.WellFormed(bundle).Descendants("img").ToArray();
        Assert.Equal((3 * 8) + 1 + (2 * 6), pictures.Length);
        Assert.All(pictures, picture => Assert.NotEmpty(picture.Attribute("alt")!.Value));
        Assert.True(((string)bundle.Data["text/html"]).Length < 600_000);
    }

    [Fact]
    public void Curve_compares_with_the_base_wherever_that_was_measured()
    {
        var bundle = EvaluationCurve.Create([Evaluations.Of(step: 50, kernel: 20), Evaluations.Of(step: 100, kernel: 4, withBase: false)]);

        Assert.Matches(@"50 +20\.00 +50 %", bundle.PlainText);
        Assert.Matches(@"100 +4\.00 +10 %", bundle.PlainText);
        MarkupAssert.WellFormed(bundle);
    }
}
