using TorchSharp;
using UniVG.Benchmarks.Measuring;
using UniVG.Benchmarks.Models;
using UniVG.Benchmarks.PyTorch;
using UniVG.Diffusion;
using UniVG.Diffusion.Runtime;
using static TorchSharp.torch;

namespace UniVG.Benchmarks.Scenarios;

/// <summary>A picture to latents.</summary>
internal sealed class VaeEncode(BenchmarkModel model) : IScenario
{
    public string Name => "vae-encode-" + model.Name;

    public string Summary => $"one picture to latents with {model.Title}, {model.Side} pixels";

    public int Repetitions => model == BenchmarkModel.Tiny ? 30 : 5;

    public int WarmUps => model.WarmUps;

    public void Run(ScenarioRun run)
    {
        using var loaded = model.Load(run.Options);
        using var worker = PyTorchWorker.Start(run, "tasks.VaeEncode", new { model = model.Folder(run.Options) });
        run.Alternate(new Variant("1 picture", () => Encode(run.Options, loaded.Pipeline)) { Worker = worker, Turn = () => new { images = Shape(run.Options) } });
    }

    private long[] Shape(BenchmarkOptions options) => [1, 3, model.SideIn(options), model.SideIn(options)];

    private double Encode(BenchmarkOptions options, StableDiffusion pipeline)
    {
        using var pause = FinalizerPause.Begin();
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        return pipeline.DrawLatents((rand(Shape(options), generator: generator) * 2) - 1).square().mean().ToDouble();
    }
}
