using System.Globalization;
using System.Text.RegularExpressions;
using UniVG.Diffusion;
using UniVG.Finetuning.Training;
using UniVG.TestSupport;

namespace UniVG.Finetuning.Tests.Training;

public class LearningRateScheduleTests
{
    [Theory]
    [InlineData("cosine", 0, 0, 1)]
    [InlineData("cosine", 1, 0, 0.99999973)]
    [InlineData("cosine", 750, 0, 0.85355339)]
    [InlineData("cosine", 1500, 0, 0.5)]
    [InlineData("cosine", 0, 100, 0)]
    [InlineData("cosine", 100, 100, 1)]
    [InlineData("constant", 2999, 0, 1)]
    public void Factor_is_that_of_diffusers(string name, int step, int warmup, double expected) =>
        Assert.Equal(expected, LearningRateSchedule.Factor(name, step, 3000, warmup), 8);

    [Theory]
    [InlineData("lr.constant.none0.n100.lr0.0001")]
    [InlineData("lr.constant_with_warmup.num_warmup_steps10.n100.lr0.0001")]
    [InlineData("lr.cosine.num_warmup_steps0.n100.lr0.0001")]
    [InlineData("lr.cosine.num_warmup_steps10.n100.lr0.0001")]
    [InlineData("lr.cosine_with_restarts.num_warmup_steps10_num_cycles3.n100.lr0.0001")]
    [InlineData("lr.linear.num_warmup_steps10.n100.lr0.0001")]
    [InlineData("lr.polynomial.num_warmup_steps10_power2.n100.lr0.0001")]
    public void Every_step_of_a_schedule_has_the_reference_s_rate(string key)
    {
        using var goldens = Goldens.Open("schedules");
        var config = new TrainingConfig
        {
            Scheduler = key.Split('.')[1],
            WarmupSteps = Number(key, "num_warmup_steps", 0),
            SchedulerCycles = Number(key, "num_cycles", 1),
            SchedulerPower = Number(key, "power", 1),
            LearningRate = 1e-4,
        };
        for (var step = 0; step < 100; step++)
            Assert.Equal(goldens[key][step].item<double>(), 1e-4 * LearningRateSchedule.Factor(config, step, 100), 1e-12);
    }

    [Fact]
    public void Warm_up_below_one_is_a_part_of_all_steps()
    {
        var config = new TrainingConfig { WarmupSteps = 0.1 };
        Assert.Equal(0.5, LearningRateSchedule.Factor(config, 5, 100), 12);
        Assert.Equal(1, LearningRateSchedule.Factor(config, 10, 100), 12);
    }

    [Theory]
    [InlineData(750, 0.5)]
    [InlineData(1499, 1.1e-6)]
    [InlineData(1500, 1)]
    public void Cosine_with_two_restarts_begins_again_in_the_middle(int step, double expected) =>
        Assert.Equal(expected, LearningRateSchedule.Factor("cosine_with_restarts", step, 3000, cycles: 2), 6);

    [Fact]
    public void Unknown_schedule_is_named_with_the_known_ones()
    {
        var e = Assert.Throws<UniVGException>(() => LearningRateSchedule.Factor("cosin", 0, 10));

        Assert.Contains("'cosin'", e.Message, StringComparison.Ordinal);
        Assert.Contains("cosine_with_restarts", e.Message, StringComparison.Ordinal);
    }

    private static int Number(string key, string name, int fallback) =>
        Regex.Match(key, name + @"(\d+)") is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : fallback;
}
