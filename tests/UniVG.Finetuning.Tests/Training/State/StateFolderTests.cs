using System.Security.Cryptography;
using UniVG.Diffusion;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.State;

namespace UniVG.Finetuning.Tests.Training.State;

public sealed class StateFolderTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public async Task Adapters_and_states_fall_due_by_step_and_the_newest_states_are_kept()
    {
        await TrainAsync(9, new SaveSchedule { EverySteps = 2, KeepStates = 2 });

        Assert.Equal(
            ["a-step00000002.safetensors", "a-step00000004.safetensors", "a-step00000006-state", "a-step00000006.safetensors", "a-step00000008-state", "a-step00000008.safetensors"],
            Written());
    }

    [Fact]
    public async Task Epochs_are_named_by_their_number()
    {
        // 9 samples in batches of 2: 5 steps an epoch.
        await TrainAsync(11, new SaveSchedule { EveryEpochs = 1 });

        Assert.Equal(["a-000001-state", "a-000001.safetensors", "a-000002-state", "a-000002.safetensors"], Written());
    }

    [Fact]
    public async Task States_of_before_a_resume_count_too()
    {
        await TrainAsync(9, new SaveSchedule { EverySteps = 2, KeepStates = 2 }, stopAfter: 4);
        var kept = _tiny.Resume(new SaveSchedule { EverySteps = 2, KeepStates = 2 });
        await kept.Run.StepAsync(2, cancellationToken: TestContext.Current.CancellationToken);
        TinyRun.Finish(kept);

        Assert.Equal(["a-step00000004-state", "a-step00000006-state"], Written().Where(name => name.EndsWith("-state", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("optimizer.safetensors", "is damaged (optimizer.safetensors)")]
    [InlineData("adapter.safetensors", "is damaged (adapter.safetensors)")]
    [InlineData("state.json", "cannot be read")]
    public async Task A_damaged_state_is_passed_over_and_named(string file, string problem)
    {
        await TrainAsync(9, new SaveSchedule { EverySteps = 2 }, stopAfter: 4);
        var path = Path.Combine(_tiny.Files.StateAtStep(4), file);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^9]);

        var search = StateSearch.FindNewest(_tiny.Files.Folder);

        Assert.Equal(2, search.Found.State.Step);
        Assert.Contains(problem, Assert.Single(search.PassedOver), StringComparison.Ordinal);
        Assert.Contains("a-step00000004-state", search.PassedOver[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_changed_byte_is_noticed_also_in_a_state_of_an_earlier_version(bool earlier)
    {
        await TrainAsync(9, new SaveSchedule { EverySteps = 2 }, stopAfter: 2);
        var path = _tiny.Files.StateAtStep(2);
        var json = Path.Combine(path, "state.json");
        var (state, optimizer) = (StateFolder.Peek(path)!, Path.Combine(path, "optimizer.safetensors"));
        if (earlier)
        {
            var text = File.ReadAllText(json);
            foreach (var (name, hash) in state.Hashes)
                text = text.Replace(hash, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(path, name)))), StringComparison.Ordinal);
            File.WriteAllText(json, text);
        }

        Assert.Equal(3, StateFolder.Peek(path)!.Hashes.Values.Distinct().Count(hash => hash.Length == (earlier ? 64 : 32)));
        Assert.Equal(2, StateSearch.FindNewest(_tiny.Files.Folder).Found.State.Step);

        var bytes = File.ReadAllBytes(optimizer);
        bytes[^5] ^= 1;
        File.WriteAllBytes(optimizer, bytes);
        Assert.False(StateFolder.TryRead(path, out _, out var problem));
        Assert.Equal("is damaged (optimizer.safetensors)", problem);

        File.WriteAllText(json, File.ReadAllText(json).Replace($"\"{StateFolder.Peek(path)!.Hashes["adapter.safetensors"]}\"", "null", StringComparison.Ordinal));
        Assert.False(StateFolder.TryRead(path, out _, out problem));
        Assert.Equal("is damaged (adapter.safetensors)", problem);
    }

    [Fact]
    public async Task An_unfinished_state_is_passed_over_and_removed_when_it_is_saved_again()
    {
        await TrainAsync(9, new SaveSchedule { EverySteps = 2 }, stopAfter: 2);
        var leftover = Directory.CreateDirectory(Path.Combine(_tiny.Files.Folder, ".a-step00000004-state.x.partial")).FullName;

        Assert.Contains("was being written", Assert.Single(StateSearch.FindNewest(_tiny.Files.Folder).PassedOver), StringComparison.Ordinal);
        var kept = _tiny.Resume(new SaveSchedule { EverySteps = 2 });
        await kept.Run.StepAsync(2, cancellationToken: TestContext.Current.CancellationToken);
        TinyRun.Finish(kept);

        Assert.False(Directory.Exists(leftover));
        Assert.Equal(4, StateSearch.FindNewest(_tiny.Files.Folder).Found.State.Step);
    }

    [Fact]
    public void A_folder_without_states_says_what_they_are() =>
        Assert.Contains("--save-every", Assert.Throws<UniVGException>(() => StateSearch.FindNewest(_tiny.Folder)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Changed_images_are_named()
    {
        await TrainAsync(9, new SaveSchedule { EverySteps = 2 }, stopAfter: 2);
        _tiny.WriteImage("1.png", 10);
        _tiny.WriteImage("new.png", 10);

        var message = Assert.Throws<UniVGException>(() => _tiny.Resume()).Message;

        Assert.Contains("3_red/new.png is new, 3_red/1.png has changed", message, StringComparison.Ordinal);
        Assert.All(_tiny.Model.Pipeline.UNet.Weights.Layers, layer => Assert.Null(layer.Adapter));
    }

    [Fact]
    public async Task Another_model_is_refused()
    {
        await TrainAsync(9, new SaveSchedule { EverySteps = 2 }, stopAfter: 2);
        var found = StateSearch.FindNewest(_tiny.Files.Folder).Found;
        var other = found with { State = found.State with { Origin = found.State.Origin with { Model = found.State.Origin.Model with { Hash = new string('0', 64) } } } };

        var message = Assert.Throws<UniVGException>(() => RunResumption.Resume(_tiny.Model, _tiny.ReadDataset(), other)).Message;

        Assert.Contains("SHA-256 000000000000…", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_save_that_fails_is_told_and_training_goes_on()
    {
        var failures = new List<string>();
        var kept = _tiny.Begin(new LoraConfig { Dim = 1, ConvDim = 0 }, new TrainingConfig { Steps = 5 }, new SaveSchedule { EverySteps = 2 });
        kept.Keeper.Failed += failures.Add;
        await kept.Run.StepAsync(3, cancellationToken: TestContext.Current.CancellationToken);

        // As good as a disk that went away.
        Directory.Delete(_tiny.Files.Folder, recursive: true);
        File.WriteAllText(_tiny.Files.Folder, "");
        await kept.Run.RunToEndAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.True(kept.Run.IsFinished);
        Assert.Equal(2, failures.Count);
        Assert.All(failures, failure => Assert.Contains("training goes on (step 4)", failure, StringComparison.Ordinal));
        TinyRun.Finish(kept);
        File.Delete(_tiny.Files.Folder);
    }

    [Fact]
    public void A_run_that_would_not_fit_on_the_disk_is_refused_before_it_begins()
    {
        var message = Assert.Throws<UniVGException>(() => _tiny.Begin(
            new LoraConfig { Dim = 1, ConvDim = 0 }, new TrainingConfig { Steps = 100_000_000 }, new SaveSchedule { EverySteps = 1 })).Message;

        Assert.Contains("MB are free there", message, StringComparison.Ordinal);
    }

    private IReadOnlyList<string> Written() => _tiny.Files.Existing();

    private async Task TrainAsync(int steps, SaveSchedule saves, int? stopAfter = null)
    {
        var kept = _tiny.Begin(new LoraConfig { Dim = 1, ConvDim = 0 }, new TrainingConfig { Steps = steps }, saves);
        await kept.Run.StepAsync(stopAfter ?? steps, cancellationToken: TestContext.Current.CancellationToken);
        TinyRun.Finish(kept);
    }
}
