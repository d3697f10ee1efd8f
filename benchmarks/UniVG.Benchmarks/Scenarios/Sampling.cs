using UniVG.Benchmarks.Measuring;
using UniVG.Benchmarks.Models;
using UniVG.Benchmarks.PyTorch;
using UniVG.Diffusion;

namespace UniVG.Benchmarks.Scenarios;

/// <summary>Pictures from prompt to pixels.</summary>
internal sealed class Sampling(BenchmarkModel model, string? kind) : IScenario
{
    private const string Prompt = "vessels";
    private const int Steps = 20;

    public string Name => $"sample-{model.Name}{(kind is null ? "" : "-" + kind)}";

    public string Summary => $"{Steps} guided DDIM steps with {model.Title}{(kind is null ? "" : " and a " + kind)}, decoded, {model.Side} pixels";

    public int Repetitions => model == BenchmarkModel.Tiny ? 10 : 2;

    public int WarmUps => model == BenchmarkModel.Tiny ? 3 : 1;

    public void Run(ScenarioRun run)
    {
        using var loaded = model.Load(run.Options);
        using var adapter = kind is null ? null : new BenchmarkAdapter(loaded.Pipeline, kind);
        var pipeline = loaded.Pipeline;
        var request = new ImageRequest { Prompt = Prompt, Steps = Steps, GuidanceScale = loaded.SuggestedGuidance, Width = model.SideIn(run.Options), Height = model.SideIn(run.Options) };
        using var worker = PyTorchWorker.Start(run, "tasks.Sampling", new
        {
            model = model.Folder(run.Options),
            adapter = adapter?.File,
            kind,
            alphas_cumprod = pipeline.Schedule.AlphasCumprod,
            tokens = ((string[])["", Prompt]).SelectMany(text => pipeline.Tokenizer.EncodeChunks(text, 1)),
        });
        var side = model.SideIn(run.Options) / pipeline.Vae.Config.PixelsPerLatent;
        int[] counts = model == BenchmarkModel.Tiny ? [1, 4] : [1];
        run.Alternate([.. counts.Select(count => new Variant($"{count} picture{(count > 1 ? "s" : "")}", () => Draw(pipeline, request with { Count = count }))
        {
            Worker = worker,
            Turn = () => new
            {
                steps = Steps,
                guidance = request.GuidanceScale,
                shape = (int[])[pipeline.Vae.Config.LatentChannels, side, side],
                seeds = Enumerable.Range((int)request.Seed, count),
            },
        })]);
    }

    private static double Draw(StableDiffusion pipeline, ImageRequest request) =>
        pipeline.Generate(request).Average(image => image.Pixels.Average(value => (double)value));
}
