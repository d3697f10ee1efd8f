using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Synthesis;
using UniVG.Notebooks.Commands;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Session;
using UniVG.Notebooks.Tests.Displays;

namespace UniVG.Notebooks.Tests.Commands;

/// <summary>Evaluating the embedded model against a small folder of generated pictures.</summary>
public sealed class EvaluateCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-evaluate-").FullName;
    private readonly UniVGSession _session = new();
    private readonly CommandRunner _commands;

    public EvaluateCommandTests()
    {
        _commands = new CommandRunner(_session);
        Write("real", seed: 100, count: 8);
        Write("train/10_modality", seed: 1, count: 4);
    }

    private string Real => Path.Combine(_folder, "real");

    public void Dispose()
    {
        _session.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Base_and_adapter_are_shown_side_by_side_with_the_closest_pairs()
    {
        await PrepareAsync();

        var host = await RunAsync($"evaluate \"{Real}\" --count 8 --steps 2 --compare");

        var evaluation = Assert.Single(_session.Evaluations);
        Assert.Equal(("without adapter", "with adapter", "training pictures"), (evaluation.Base!.Name, evaluation.Samples.Name, evaluation.Training!.Name));
        Assert.Equal((8, 8, 4), (evaluation.RealCount, evaluation.Samples.Count, evaluation.Training.Count));
        // An untrained LoRA has no effect, so both sets are the same pictures.
        Assert.Equal(evaluation.Base.Kernel, evaluation.Samples.Kernel);
        Assert.Equal(8, evaluation.Samples.Memorisation!.Closest.Count);
        Assert.Equal(1, _session.Adapter!.Multiplier);
        foreach (var part in new[] { "Fréchet distance", "kernel distance", "branch points", "without adapter", "Samples most like a training picture", "few" })
            Assert.Contains(part, host.Text, StringComparison.Ordinal);
        var display = host.Displays[0];
        Assert.Equal(24 + 12 + 1, MarkupAssert.WellFormed(display).Descendants("img").Count());
        Assert.True(display.Data.ContainsKey("image/png"));
    }

    [Fact]
    public async Task Evaluation_says_the_same_twice_and_is_told_apart_by_step()
    {
        await PrepareAsync();
        var request = new EvaluationRequest { Count = 8, Steps = 2 };
        var run = _session.StartRun(new() { Steps = 2, LearningRate = 1e-3 }, new(Path.Combine(_folder, "a.safetensors"), Overwrite: false));
        var first = await EvaluateAsync(request);
        var again = await EvaluateAsync(request);
        await run.StepAsync(2, cancellationToken: TestContext.Current.CancellationToken);
        var trained = await EvaluateAsync(request);

        Assert.Equal((first.Samples.Kernel, first.Samples.Frechet), (again.Samples.Kernel, again.Samples.Frechet));
        Assert.NotEqual(first.Samples.Kernel, trained.Samples.Kernel);
        Assert.Equal([0, 0, 2], _session.Evaluations.Select(e => e.Step));

        var curve = ResultFormatter.Format(_session.Evaluations)!;
        Assert.Equal(4, curve.PlainText.Split("LoRA dim 2").Length);
        Assert.Single(MarkupAssert.WellFormed(curve).Descendants("img"));
    }

    [Fact]
    public async Task Save_warns_of_memorised_samples_of_this_run_only()
    {
        await PrepareAsync();
        await RunAsync($"train --steps 1 --output \"{_folder}\"");
        Assert.DoesNotContain("memorised", (await RunAsync("save")).Text, StringComparison.Ordinal);

        // The very pictures that will be drawn are given as training pictures: nothing can be more memorised.
        var drawn = _session.Model!.Pipeline.Generate(new() { Prompt = "modality", Count = 8, Steps = 2, GuidanceScale = 3 }, cancellation: TestContext.Current.CancellationToken);
        for (var i = 0; i < drawn.Count; i++) ImageFile.SavePng(drawn[i], Path.Combine(_folder, "copies", $"{i}.png"));
        var evaluation = await EvaluateAsync(new() { Count = 8, Steps = 2, Training = Path.Combine(_folder, "copies") });

        Assert.Equal(1, evaluation.Samples.Memorisation!.Share.Value);
        Assert.All(evaluation.Samples.Memorisation.Closest, pair => Assert.InRange(pair.Distance, 0, 1e-3));
        var warned = Assert.Single((await RunAsync("save")).Text.Split('\n'), line => line.Contains("memorised", StringComparison.Ordinal));
        Assert.StartsWith("Warning: 8 of the 8 samples are copies", warned, StringComparison.Ordinal);
        await RunAsync("lora --dim 2");
        await RunAsync($"train --steps 1 --output \"{_folder}\" --name b");
        Assert.DoesNotContain("memorised", (await RunAsync("save")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_without_adapter_and_without_dataset_is_evaluated_and_unreadable_pictures_are_named()
    {
        await RunAsync("model tiny");
        await File.WriteAllTextAsync(Path.Combine(Real, "broken.png"), "no picture", TestContext.Current.CancellationToken);

        var host = await RunAsync($"evaluate \"{Real}\" --prompt \"oct angiography\" --count 8 --steps 1");

        Assert.Contains("broken.png was left out", host.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("training picture", host.Text, StringComparison.Ordinal);
        Assert.Null(_session.Evaluations[0].Samples.Memorisation);
    }

    [Theory]
    [InlineData("evaluate REAL --count 4", "at least 8")]
    [InlineData("evaluate REAL --compare", "#!univg lora")]
    [InlineData("evaluate REAL --quantile 0.9", "0.5")]
    [InlineData("evaluate REAL --train no/such", "no/such")]
    [InlineData("evaluate no/such/folder", "no/such/folder")]
    [InlineData("evaluate", "folder")]
    [InlineData("evaluate EMPTY", "no pictures")]
    [InlineData("evaluate FEW", "at least 8")]
    public async Task Bad_line_is_answered_by_one_sentence(string line, string part)
    {
        await RunAsync("model tiny");
        Write("few", seed: 1, count: 2);
        Directory.CreateDirectory(Path.Combine(_folder, "empty"));
        var message = await FaultAsync(line.Replace("REAL", $"\"{Real}\"", StringComparison.Ordinal)
            .Replace("EMPTY", $"\"{_folder}/empty\"", StringComparison.Ordinal).Replace("FEW", $"\"{_folder}/few\"", StringComparison.Ordinal));

        Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.Empty(_session.Evaluations);
    }

    [Fact]
    public async Task Without_a_model_its_command_is_named() =>
        Assert.Contains("#!univg model", await FaultAsync($"evaluate \"{Real}\""), StringComparison.Ordinal);

    [Fact]
    public async Task Interrupted_evaluation_leaves_nothing_and_the_adapter_as_it_was()
    {
        await PrepareAsync();
        using var cancelled = new CancellationTokenSource();
        var host = new RecordingHost { CancellationToken = cancelled.Token };
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _commands.RunAsync($"evaluate \"{Real}\" --count 8 --compare", "", host));

        Assert.Contains("not evaluated", host.Text, StringComparison.Ordinal);
        Assert.Empty(_session.Evaluations);
        Assert.Equal(1, _session.Adapter!.Multiplier);
    }

    private Task<ModelEvaluation> EvaluateAsync(EvaluationRequest request) =>
        _session.EvaluateAsync(Real, request, cancellation: TestContext.Current.CancellationToken);

    private async Task PrepareAsync()
    {
        await RunAsync("model tiny");
        await RunAsync($"data \"{Path.Combine(_folder, "train")}\"");
        await RunAsync("lora --dim 2");
    }

    private async Task<RecordingHost> RunAsync(string line)
    {
        var host = new RecordingHost();
        await _commands.RunAsync(line, "", host);
        return host;
    }

    private async Task<string> FaultAsync(string line) =>
        (await Assert.ThrowsAnyAsync<UniVGException>(() => RunAsync(line))).Message;

    private void Write(string folder, int seed, int count) => SyntheticDataset.Write(
        Path.Combine(_folder, folder), new() { Modality = "conjunctival microscopy", Count = count, Seed = seed, Size = 64 }, cancellation: TestContext.Current.CancellationToken);
}
