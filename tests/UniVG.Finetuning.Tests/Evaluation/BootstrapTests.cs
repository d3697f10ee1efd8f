using UniVG.Finetuning.Evaluation;
using UniVG.Finetuning.Synthesis;

namespace UniVG.Finetuning.Tests.Evaluation;

public class BootstrapTests
{
    [Fact]
    public void Interval_of_a_mean_is_that_of_the_textbook()
    {
        var random = new SeededRandom(4);
        double[] values = [.. Enumerable.Range(0, 100).Select(_ => 5 + (2.0 * random.NextGaussian()))];
        var (mean, deviation) = (values.Average(), Spread.Of(values).Deviation);

        var estimate = new Bootstrap(replicates: 2000).Mean(values);

        Assert.Equal(mean, estimate.Value, 1e-12);
        Assert.Equal(mean - (1.96 * deviation / 10), estimate.Low, 0.06);
        Assert.Equal(mean + (1.96 * deviation / 10), estimate.High, 0.06);
        Assert.Equal(estimate, new Bootstrap(replicates: 2000).Mean(values));
    }

    [Fact]
    public void Interval_of_the_truth_covers_it_about_as_often_as_it_says()
    {
        var covered = Enumerable.Range(0, 200).Count(i =>
        {
            var estimate = new Bootstrap(seed: i).Mean([.. Features.Normal(30, 1, 1000 + i).Select(f => f[0])]);
            return estimate.Low <= 0 && estimate.High >= 0;
        });

        Assert.InRange(covered / 200.0, 0.88, 0.99);
    }

    [Fact]
    public void Interval_holds_the_figure_even_where_resampling_shifts_it_and_keeps_to_its_bounds()
    {
        var (first, second) = (Features.Normal(12, 6, 1), Features.Normal(12, 6, 2));

        var estimate = new Bootstrap(replicates: 60).Of([12, 12], counts => FrechetDistance.Between(first, second, counts[0], counts[1]), low: 0);

        Assert.InRange(estimate.Value, estimate.Low, estimate.High);
        Assert.True(estimate.Low >= 0);
        var share = new Bootstrap().Of([3], counts => counts[0][0] / 3.0, low: 0, high: 1);
        Assert.InRange(share.High, share.Value, 1);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.5, 3)]
    [InlineData(0.05, 1.2)]
    [InlineData(1, 5)]
    public void Quantiles_are_linear_between_values(double part, double expected) =>
        Assert.Equal(expected, Bootstrap.Quantile([1, 2, 3, 4, 5], part), 1e-12);
}
