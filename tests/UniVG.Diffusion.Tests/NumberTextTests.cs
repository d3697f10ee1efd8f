using System.Globalization;

namespace UniVG.Diffusion.Tests;

public class NumberTextTests
{
    [Theory]
    [InlineData(1e-4, "1e-4")]
    [InlineData(0.00125, "1.25e-3")]
    [InlineData(1e-12, "1e-12")]
    [InlineData(-5e-5, "-5e-5")]
    [InlineData(0.01, "0.01")]
    [InlineData(0.05, "0.05")]
    [InlineData(0, "0")]
    [InlineData(1, "1")]
    [InlineData(3000, "3000")]
    [InlineData(1e30, "1e30")]
    public void Numbers_are_written_as_they_are_typed(double value, string expected)
    {
        Assert.Equal(expected, NumberText.Exact(value));
        Assert.Equal(expected, NumberText.Rounded(value));
    }

    [Fact]
    public void Exact_text_reads_back_as_the_very_number()
    {
        var random = new Random(1);
        foreach (var value in Enumerable.Range(0, 1000).Select(i => random.NextDouble() * Math.Pow(10, -(i % 20))).Concat([double.Epsilon, 1d / 3 * 1e-3]))
            Assert.Equal(value, double.Parse(NumberText.Exact(value), CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Rounded_text_has_four_places() => Assert.Equal(("3.333e-4", "0.3333"), (NumberText.Rounded(1d / 3000), NumberText.Rounded(1d / 3)));
}
