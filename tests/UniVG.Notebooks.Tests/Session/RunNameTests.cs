using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.State;

namespace UniVG.Notebooks.Tests.Session;

/// <summary>Runs that are resumed and loaded by their names.</summary>
public sealed class RunNameTests : IDisposable
{
    private readonly string _before = Directory.GetCurrentDirectory();
    private readonly TinySession _tiny = new();

    public RunNameTests() => Directory.SetCurrentDirectory(_tiny.Folder);

    public void Dispose()
    {
        Directory.SetCurrentDirectory(_before);
        _tiny.Dispose();
    }

    [Fact]
    public async Task Resume_takes_the_names_of_runs_and_states_as_they_are_listed()
    {
        var saves = new SaveSchedule { EverySteps = 1, StateMinutes = 0 };
        var first = await _tiny.TrainAsync("first", new TrainingConfig { Steps = 2, Seed = 5 }, saves);
        var second = await _tiny.TrainAsync("second", new TrainingConfig { Steps = 3 }, saves);
        var inner = await _tiny.TrainAsync("deep/model", new TrainingConfig { Steps = 2, Seed = 6 }, saves);
        await _tiny.TrainAsync("stateless", new TrainingConfig { Steps = 1 });

        var shown = await _tiny.RunAsync("runs");
        foreach (var name in (string[])["first", "deep", "first-step00000001-state", "deep/model-step00000002-state"])
            Assert.Contains($"\n{name} ", shown.Text, StringComparison.Ordinal);

        // The newest state of the folder is another run's.
        await _tiny.RunAsync("resume first");
        Assert.Equal((first.Id, 2), (_tiny.Session.Run!.Id, _tiny.Session.Run.Step));
        await _tiny.RunAsync("resume first-step00000001-state");
        Assert.Equal((first.Id, 1), (_tiny.Session.Run!.Id, _tiny.Session.Run.Step));
        await _tiny.RunAsync("resume deep");
        Assert.Equal(inner.Id, _tiny.Session.Run!.Id);
        await _tiny.RunAsync("resume deep/model-step00000001-state");
        Assert.Equal((inner.Id, 1), (_tiny.Session.Run!.Id, _tiny.Session.Run.Step));
        Assert.Equal(second.Id, _tiny.Session.ResumeRun("second").Run.Id);

        Assert.Contains("did you mean 'first'?", await _tiny.FaultAsync("resume frist"), StringComparison.Ordinal);
        Assert.Contains("The run 'stateless' has no state", await _tiny.FaultAsync("resume stateless"), StringComparison.Ordinal);
        Assert.Equal(["first"], _tiny.Complete("resume fir").Select(proposal => proposal.Text));
        Assert.DoesNotContain("stateless", _tiny.Complete("resume st").Select(proposal => proposal.Text));
    }

    [Fact]
    public async Task Load_takes_the_newest_adapter_of_a_run()
    {
        await _tiny.TrainAsync("first", new TrainingConfig { Steps = 1 }, dim: 3);
        await _tiny.TrainAsync("second", new TrainingConfig { Steps = 1 }, dim: 2);
        File.Delete(_tiny.In("output/second.safetensors"));

        await _tiny.RunAsync("load first --discard");
        Assert.Equal(3, _tiny.Session.Adapter!.Config.Dim);
        Assert.Equal("first", _tiny.Session.Adapters[0].Name);
        Assert.Contains("The run 'second' has saved no adapter", await _tiny.FaultAsync("load second --add"), StringComparison.Ordinal);
        Assert.Contains("attached already", await _tiny.FaultAsync("load first --add"), StringComparison.Ordinal);
        Assert.Contains("first", _tiny.Complete("load fi").Select(proposal => proposal.Text));

        // A path goes before a name.
        Directory.CreateDirectory(_tiny.In("first"));
        Assert.Contains("first", await _tiny.FaultAsync("load first --discard"), StringComparison.Ordinal);
        Assert.Equal(3, _tiny.Session.Adapter!.Config.Dim);
    }
}
