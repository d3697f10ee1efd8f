using UniVG.Notebooks.Displays.Charts;

namespace UniVG.Notebooks.Tests.Displays.Charts;

public class SparklineTests
{
    [Theory]
    [InlineData(new double[0], "")]
    [InlineData(new[] { 1.0 }, "▅")]
    [InlineData(new[] { 0.0, 1, 2, 3, 4, 5, 6, 7 }, "▁▂▃▄▅▆▇█")]
    [InlineData(new[] { 7.0, double.NaN, 0 }, "█▁")]
    public void Sparkline_spans_from_lowest_to_highest(double[] values, string expected)
        => Assert.Equal(expected, Sparkline.Draw(values));

    [Fact]
    public void Sparkline_averages_stretches_of_long_curves()
        => Assert.Equal("▁█", Sparkline.Draw([.. Enumerable.Repeat(1.0, 50), .. Enumerable.Repeat(9.0, 50)], width: 2));
}
