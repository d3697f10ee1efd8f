using UniVG.Benchmarks.Measuring;
using UniVG.Diffusion;
using static TorchSharp.torch;

namespace UniVG.Benchmarks.Scenarios;

/// <summary>One prediction of the embedded model's UNet.</summary>
internal sealed class UNetForwardTiny : IScenario
{
    public string Name => "unet-forward-tiny";

    public string Summary => "one prediction of the embedded model's UNet, batches of 1 and 4";

    public int Repetitions => 30;

    public void Run(ScenarioRun run)
    {
        using var model = ModelLoader.Load(ModelLoader.TinyName, new ModelOptions { Device = "cpu" });
        run.Alternate(("batch 1", () => Predict(model.Pipeline, 1)), ("batch 4", () => Predict(model.Pipeline, 4)));
    }

    private static void Predict(StableDiffusion model, int batch)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var config = model.UNet.Config;
        var latents = randn(batch, config.InChannels, config.SampleSize, config.SampleSize);
        var context = randn(batch, model.TextEncoder.Config.MaxPositions, config.CrossAttentionDim);
        model.UNet.Forward(latents, full([batch], 500L, ScalarType.Int64), context);
    }
}
