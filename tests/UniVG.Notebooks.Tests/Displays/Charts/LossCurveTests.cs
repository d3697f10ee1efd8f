using UniVG.Notebooks.Displays.Charts;

namespace UniVG.Notebooks.Tests.Displays.Charts;

public class LossCurveTests
{
    [Fact]
    public void Smoothing_starts_at_the_first_value_and_follows_the_moving_average()
    {
        var smoothed = LossCurve.Smooth([4.0, 2.0, 1.0], 0.5);

        // weights 1; 1/3, 2/3; 1/7, 2/7, 4/7
        Assert.Equal([4.0, 8.0 / 3, 12.0 / 7], smoothed.Select(value => Math.Round(value, 12)).ToArray(), new Within(1e-9));
    }

    [Fact]
    public void Smoothing_skips_values_that_are_not_finite()
    {
        var smoothed = LossCurve.Smooth([double.NaN, 4.0, double.PositiveInfinity, 2.0], 0.5);

        Assert.True(double.IsNaN(smoothed[0]));
        Assert.Equal(4.0, smoothed[1], 12);
        Assert.Equal(4.0, smoothed[2], 12);
        Assert.Equal(8.0 / 3, smoothed[3], 12);
    }

    [Fact]
    public void The_smoothed_past_does_not_change_while_a_run_grows()
    {
        var early = LossCurve.Smooth(Histories.Of(400, planned: 1000).Take(50).ToList());
        var late = LossCurve.Smooth(Histories.Of(400, planned: 1000));

        Assert.Equal(early, late[..50]);
    }

    [Theory]
    [InlineData(10, 100)]
    [InlineData(100, 100)]
    [InlineData(10_000, 100)]
    public void Thinning_keeps_the_ends_and_the_extremes(int count, int limit)
    {
        var values = Enumerable.Range(0, count).Select(i => Math.Sin(i * 0.1)).ToArray();
        values[count / 3] = -50;
        values[count / 2] = 50;

        var kept = LossCurve.Thin(values, limit);

        Assert.InRange(kept.Length, Math.Min(count, limit / 4), limit);
        Assert.Equal(kept.Order().Distinct(), kept);
        Assert.Superset(new HashSet<int> { 0, count / 3, count / 2, count - 1 }, kept.ToHashSet());
    }

    private sealed class Within(double tolerance) : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) < tolerance;

        public int GetHashCode(double obj) => 0;
    }
}
