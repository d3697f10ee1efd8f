using TorchSharp;
using UniVG.Benchmarks.Measuring;
using UniVG.Benchmarks.Models;
using UniVG.Benchmarks.PyTorch;
using UniVG.Diffusion;
using UniVG.Diffusion.Runtime;
using static TorchSharp.torch;

namespace UniVG.Benchmarks.Scenarios;

/// <summary>One prediction of a UNet.</summary>
internal sealed class UNetForward(BenchmarkModel model) : IScenario
{
    public string Name => "unet-forward-" + model.Name;

    public string Summary => $"one prediction of the UNet of {model.Title}, batches of 1 and 4";

    public int Repetitions => model == BenchmarkModel.Tiny ? 30 : 5;

    public int WarmUps => model.WarmUps;

    public void Run(ScenarioRun run)
    {
        using var loaded = model.Load(run.Options);
        var pipeline = loaded.Pipeline;
        using var worker = PyTorchWorker.Start(run, "tasks.UNetForward", new { model = model.Folder(run.Options) });
        run.Alternate([.. ((int[])[1, 4]).Select(batch => new Variant($"batch {batch}", () => Predict(run.Options, pipeline, batch))
        {
            Worker = worker, Turn = () => new { latents = LatentShape(run.Options, pipeline, batch), context = ContextShape(pipeline, batch) },
        })]);
    }

    private long[] LatentShape(BenchmarkOptions options, StableDiffusion pipeline, int batch)
    {
        var side = model.SideIn(options) / pipeline.Vae.Config.PixelsPerLatent;
        return [batch, pipeline.UNet.Config.InChannels, side, side];
    }

    private static long[] ContextShape(StableDiffusion pipeline, int batch) =>
        [batch, pipeline.TextEncoder.Config.MaxPositions, pipeline.UNet.Config.CrossAttentionDim];

    private double Predict(BenchmarkOptions options, StableDiffusion pipeline, int batch)
    {
        using var pause = FinalizerPause.Begin();
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var latents = randn(LatentShape(options, pipeline, batch), generator: generator).to(pipeline.Device);
        var context = randn(ContextShape(pipeline, batch), generator: generator).to(pipeline.Device);
        return pipeline.UNet.Forward(latents, full([batch], 500L, ScalarType.Int64, pipeline.Device), context).square().mean().ToDouble();
    }
}
