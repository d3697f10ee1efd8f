using UniVG.Diffusion;
using UniVG.Finetuning.Training;

namespace UniVG.Finetuning.Tests.Training;

public class LearningRateScheduleTests
{
    [Theory]
    [InlineData("cosine", 0, 0, 1)]
    [InlineData("cosine", 1, 0, 0.99999973)]
    [InlineData("cosine", 750, 0, 0.85355339)]
    [InlineData("cosine", 1500, 0, 0.5)]
    [InlineData("cosine", 2250, 0, 0.14644661)]
    [InlineData("cosine", 0, 100, 0)]
    [InlineData("cosine", 50, 100, 0.5)]
    [InlineData("cosine", 100, 100, 1)]
    [InlineData("cosine", 1550, 100, 0.5)]
    [InlineData("constant", 2999, 0, 1)]
    [InlineData("constant_with_warmup", 25, 50, 0.5)]
    [InlineData("linear", 1500, 0, 0.5)]
    [InlineData("polynomial", 0, 0, 1)]
    public void Factor_is_that_of_diffusers(string name, int step, int warmup, double expected) =>
        Assert.Equal(expected, LearningRateSchedule.Factor(name, step, 3000, warmup), 8);

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
}
