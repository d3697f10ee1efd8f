using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Exploration;
using UniVG.Notebooks.Exploration.Grids;
using UniVG.Notebooks.Session;
using UniVG.Notebooks.Tests.Displays;

namespace UniVG.Notebooks.Tests.Session;

/// <summary>Grids of samples over the saved steps of a run, strengths and seeds.</summary>
public sealed class SampleGridTests : IDisposable
{
    private readonly TinySession _tiny = new();

    private UniVGSession Session => _tiny.Session;

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public async Task Steps_against_strengths_are_those_of_the_files_and_the_grid_is_saved_beside_the_run()
    {
        await TrainAsync("model", steps: 4, saveEvery: 2);

        var host = await _tiny.RunAsync("sample modality --x step=0,all --y scale=0,1 --steps 2 --seed 5");
        var grid = await Session.SampleGridAsync(
            new GridAxis("step", 0, "all"), new GridAxis("scale", 0, 1), Session.NewRequest("modality") with { Steps = 2, Seed = 5 }, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(["0", "2", "4"], grid.X.Values);
        Assert.Equal(6, grid.Images.Count);
        var pixels = grid.Images.Select(image => image.Pixels).ToList();
        Assert.All(pixels[..4], row => Assert.Equal(pixels[0], row)); // strength 0 and step 0 are the model alone
        Assert.NotEqual(pixels[3], pixels[4]);
        Assert.NotEqual(pixels[4], pixels[5]);

        // What a user gets who loads the file of that step.
        using (var other = new UniVGSession())
        {
            other.LoadModel("tiny");
            other.LoadAdapter(Path.Combine(_tiny.Output, "model-step00000002.safetensors"));
            Assert.Equal(pixels[4], (await other.SampleAsync(grid.Request with { Count = 1 }, cancellation: TestContext.Current.CancellationToken))[0].Pixels);
        }

        Assert.Equal(1, Assert.Single(Session.Adapters).Scale);
        var display = host.Displays[^1];
        Assert.Equal(6, MarkupAssert.WellFormed(display).Descendants("img").Count());
        foreach (var part in (string[])["no adapter", "step 2", "step 4", "scale 0", "scale 1", "model-grid-00001.png"]) Assert.Contains(part, display.PlainText, StringComparison.Ordinal);
        var png = await File.ReadAllBytesAsync(Path.Combine(_tiny.Output, "sample", "model-grid-00001.png"), TestContext.Current.CancellationToken);
        var text = System.Text.Encoding.Latin1.GetString(png);
        foreach (var part in (string[])["Seed: 5", "X Type: step", "X Values: \"0, 2, 4\"", "Y Type: scale", "Run: model"]) Assert.Contains(part, text, StringComparison.Ordinal);
        Assert.EndsWith("model-grid-00002.png", grid.File, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Steps_of_another_run_and_the_unsaved_present_step_are_drawn_too()
    {
        await TrainAsync("first", steps: 2, saveEvery: 1);
        var run = Session.Finetune(
            new UniVG.Finetuning.Adapters.Lora.LoraConfig { Dim = 2, ConvDim = 0 }, new TrainingConfig { Steps = 9, LearningRate = 1e-2 },
            new AdapterOutput(Path.Combine(_tiny.Output, "second.safetensors"), Overwrite: false));
        await run.StepAsync(1, cancellationToken: TestContext.Current.CancellationToken);

        var present = await Session.SampleGridAsync(new GridAxis("step"), request: Session.NewRequest() with { Steps = 1 }, cancellation: TestContext.Current.CancellationToken);
        var other = await _tiny.RunAsync("sample --x step --y seed=1,2,3 --run first --steps 1");

        Assert.Equal(("second", "1"), (present.Run, Assert.Single(present.X.Values)));
        Assert.Contains("seed 3 · step 2", other.Text, StringComparison.Ordinal);
        Assert.Same(run, Session.Run);
        await run.StepAsync(1, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(2, run.Step);
    }

    [Fact]
    public async Task Without_steps_the_attached_adapters_or_none_are_drawn_by_seed_guidance_and_sampler()
    {
        var host = await _tiny.RunAsync($"sample --x cfg=1,5 --y sampler=ddim,euler --steps 2 --output \"{_tiny.Output}\"");
        Assert.Equal(4, MarkupAssert.WellFormed(host.Displays[^1]).Descendants("img").Count());
        Assert.Contains("euler", host.Text, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(Path.Combine(_tiny.Output, "sample"), "*-grid-*.png"));
    }

    [Theory]
    [InlineData("sample --x stepp=1", "did you mean 'step'")]
    [InlineData("sample --x scale", "has no values")]
    [InlineData("sample --x scale=1,strong", "'strong'")]
    [InlineData("sample --x seed=-1", "'-1'")]
    [InlineData("sample --x sampler=dim", "must be one of")]
    [InlineData("sample --x scale=0,1", "No adapter is attached")]
    [InlineData("sample --x step", "no run whose steps")]
    [InlineData("sample --x seed=1,2 --y seed=3", "Both axes")]
    [InlineData("sample --x seed=1,2 --seed 3", "--seed is an axis")]
    [InlineData("sample --x seed=1,2 --count 3", "one picture a cell")]
    [InlineData("sample --x seed=1,2 --compare", "one picture a cell")]
    [InlineData("sample --x seed=1,2 --run model", "--x step")]
    [InlineData("sample --run model", "--x step")]
    [InlineData("sample --x step --run modell", "There is no run")]
    public async Task Impossible_grids_are_refused_in_a_sentence(string line, string part) =>
        Assert.Contains(part, await _tiny.FaultAsync(line), StringComparison.Ordinal);

    [Fact]
    public async Task A_step_that_was_not_saved_is_named_with_those_that_were()
    {
        await TrainAsync("model", steps: 2, saveEvery: 1);
        Assert.Contains("no adapter of step 7; there are 1, 2", await _tiny.FaultAsync("sample --x step=1,7"), StringComparison.Ordinal);
        Assert.Contains("has 401 pictures", await _tiny.FaultAsync($"sample --x seed={string.Join(',', Enumerable.Range(0, 401))}"), StringComparison.Ordinal);
    }

    private Task<FineTuningRun> TrainAsync(string name, int steps, int saveEvery) =>
        _tiny.TrainAsync(name, new TrainingConfig { Steps = steps, LearningRate = 3e-2, Scheduler = "constant" }, new SaveSchedule { EverySteps = saveEvery, StateMinutes = 0 });
}
