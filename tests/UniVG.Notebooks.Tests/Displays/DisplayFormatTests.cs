using UniVG.Notebooks.Displays;

namespace UniVG.Notebooks.Tests.Displays;

public class DisplayFormatTests
{
    [Theory]
    [InlineData(0.12344, "0.1234")]
    [InlineData(12.345, "12.35")]
    [InlineData(0.0000321, "3.21e-5")]
    [InlineData(double.NaN, "not a number")]
    [InlineData(double.PositiveInfinity, "infinite")]
    public void Losses_have_four_places(double loss, string expected) => Assert.Equal(expected, DisplayFormat.Loss(loss));

    [Theory]
    [InlineData(1e-4, "1e-4")]
    [InlineData(1.25e-5, "1.25e-5")]
    [InlineData(0.03, "0.03")]
    [InlineData(1, "1")]
    [InlineData(0, "0")]
    public void Learning_rates_are_written_as_typed(double rate, string expected)
        => Assert.Equal(expected, DisplayFormat.LearningRate(rate));

    [Theory]
    [InlineData(55, "0:55")]
    [InlineData(723, "12:03")]
    [InlineData(3723, "1:02:03")]
    [InlineData(183_840, "2 d 03:04")]
    public void Durations_grow_with_what_they_hold(int seconds, string expected)
        => Assert.Equal(expected, DisplayFormat.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(5.12, "5.1 it/s")]
    [InlineData(0.25, "4.0 s/it")]
    [InlineData(double.NaN, "–")]
    public void Speeds_below_one_a_second_turn_into_seconds_a_step(double speed, string expected)
        => Assert.Equal(expected, DisplayFormat.Speed(speed));

    [Theory]
    [InlineData(812, "812 B")]
    [InlineData(3_565_158, "3.4 MB")]
    [InlineData(13L << 30, "13 GB")]
    public void Sizes_have_at_most_one_decimal(long bytes, string expected) => Assert.Equal(expected, DisplayFormat.Bytes(bytes));
}
