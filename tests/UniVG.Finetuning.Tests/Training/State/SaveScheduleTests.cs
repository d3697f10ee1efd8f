using UniVG.Finetuning.Training.State;

namespace UniVG.Finetuning.Tests.Training.State;

public class SaveScheduleTests
{
    [Fact]
    public void Steps_are_due_by_their_number() =>
        Assert.Equal([25, 50], Enumerable.Range(1, 60).Where(new SaveSchedule { EverySteps = 25 }.IsDueAtStep));

    // kohya leaves the last epoch out: the finished adapter is that.
    [Fact]
    public void Epochs_are_due_at_their_last_step_but_the_run_s_last_one()
    {
        var schedule = new SaveSchedule { EveryEpochs = 2 };

        Assert.Equal([(10, 2), (20, 4)], Enumerable.Range(1, 30)
            .Where(step => schedule.EpochDueAt(step, stepsPerEpoch: 5, totalSteps: 30) is not null)
            .Select(step => (step, schedule.EpochDueAt(step, 5, 30)!.Value)));
    }

    [Theory]
    [InlineData(25, 0, 3)]
    [InlineData(20, 0, 4)]
    [InlineData(0, 2, 3)]
    [InlineData(0, 0, 1)]
    public void Adapters_are_counted(int everySteps, int everyEpochs, int expected) =>
        Assert.Equal(expected, new SaveSchedule { EverySteps = everySteps, EveryEpochs = everyEpochs }.CountAdapters(stepsPerEpoch: 12, totalSteps: 60));
}
