using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Tests.Training.State;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.Logs;

namespace UniVG.Finetuning.Tests.Training.Logs;

/// <summary>What runs on the embedded model leave for TensorBoard, tables and repetition.</summary>
public sealed class RunLogTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public async Task Tensorboard_sees_kohyas_tags_before_and_after_a_resume()
    {
        var logs = new LogOptions { Folder = Path.Combine(_tiny.Folder, "logs"), Prefix = "p_" };
        var kept = _tiny.Begin(new LoraConfig { Dim = 1, ConvDim = 0 }, new TrainingConfig { Steps = 7 }, logs: logs);
        await kept.Run.StepAsync(6, cancellationToken: TestContext.Current.CancellationToken);
        kept.Keeper.Saver.SaveState(kept.Run);
        var losses = kept.Run.History.Snapshot().Select(step => (float)step.Loss).ToList();
        TinyRun.Finish(kept);
        kept = _tiny.Resume(logs: logs);
        await kept.Run.RunToEndAsync(cancellationToken: TestContext.Current.CancellationToken);
        TinyRun.Finish(kept);

        var folder = Assert.Single(Directory.GetDirectories(logs.Folder));
        Assert.Matches(@"^p_\d{14}$", Path.GetFileName(folder));
        var files = Directory.GetFiles(Path.Combine(folder, "network_train")).Select(EventFileReader.Read).OrderBy(events => events.Any(e => e.IsSessionStart)).ToList();
        Assert.Equal(2, files.Count);

        // 9 samples in batches of 2 make 5 steps an epoch.
        var steps = files[0].Where(e => e.Scalars.ContainsKey("loss/current")).ToList();
        Assert.Equal(losses, steps.Select(e => e.Scalars["loss/current"]));
        Assert.Equal(["loss/average", "loss/current", "lr/textencoder", "lr/unet"], steps[0].Scalars.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(losses.Take(3).Average(), steps[2].Scalars["loss/average"], 1e-5f);
        Assert.Equal(losses.Skip(1).Average(), steps[5].Scalars["loss/average"], 1e-5f);
        Assert.Equal(losses.Take(5).Average(), Assert.Single(files[0], e => e.Scalars.ContainsKey("loss/epoch_average")).Scalars["loss/epoch_average"], 1e-5f);
        Assert.Equal(7, files[1].Single(e => e.IsSessionStart).Step);
        Assert.Equal([7L], files[1].Where(e => e.Scalars.ContainsKey("loss/current")).Select(e => e.Step));
    }

    [Fact]
    public async Task Table_and_configuration_are_written_again_only_where_there_is_something_new()
    {
        var kept = _tiny.Begin(new LoraConfig { Dim = 1, ConvDim = 0 }, new TrainingConfig { Steps = 3 });
        await kept.Run.StepAsync(1, cancellationToken: TestContext.Current.CancellationToken);
        kept.Keeper.WriteRecords();
        string[] files = [kept.Keeper.Files.HistoryTable, kept.Keeper.Files.Configuration];
        foreach (var file in files) File.WriteAllText(file, "left alone");

        kept.Keeper.WriteRecords();
        Assert.All(files, file => Assert.Equal("left alone", File.ReadAllText(file)));

        kept.Run.Change(kept.Run.Config with { LearningRate = 5e-5 });
        kept.Keeper.WriteRecords();
        Assert.Contains("unet_lr = 5e-05", File.ReadAllText(files[1]), StringComparison.Ordinal);
        await kept.Run.StepAsync(1, cancellationToken: TestContext.Current.CancellationToken);
        kept.Keeper.WriteRecords();
        Assert.Equal(3, File.ReadAllLines(files[0]).Length);
        File.Delete(files[0]);
        kept.Keeper.WriteRecords();
        Assert.True(File.Exists(files[0]));
        TinyRun.Finish(kept);
    }

    [Fact]
    public async Task Table_and_configuration_lie_next_to_the_output()
    {
        var kept = _tiny.Begin(new LoraConfig { Dim = 1, ConvDim = 0 }, new TrainingConfig { Steps = 3 });
        await kept.Run.RunToEndAsync(cancellationToken: TestContext.Current.CancellationToken);
        kept.Keeper.WriteRecords();

        var lines = File.ReadAllLines(_tiny.Files.HistoryTable);
        Assert.Equal(4, lines.Length);
        Assert.StartsWith("step,epoch,loss,", lines[0], StringComparison.Ordinal);
        Assert.Equal(kept.Run.History.Snapshot()[1].Loss, double.Parse(lines[2].Split(',')[2], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Contains("max_train_steps = 3", File.ReadAllText(_tiny.Files.Configuration), StringComparison.Ordinal);
        TinyRun.Finish(kept);
    }
}
