using UniVG.Benchmarks.Files;
using UniVG.Diffusion;
using UniVG.Diffusion.Model;

namespace UniVG.Benchmarks.Models;

/// <summary>A model of SD 1.5's size whose weights have shapes and take no memory: to attach to, not to compute with.</summary>
internal static class ShapesOnlyModel
{
    /// <summary>Makes it, with tokenizer and schedule of the embedded model, which it takes over.</summary>
    public static LoadedModel Create(BenchmarkOptions options)
    {
        using var tiny = BenchmarkModel.Tiny.Load(options);
        var shapes = new ShapeRecorder();
        return tiny with
        {
            Pipeline = new StableDiffusion(
                tiny.Pipeline.Tokenizer, new ClipTextEncoder(ClipTextConfig.StableDiffusion15, shapes), new UNet(UNetConfig.StableDiffusion15, shapes),
                new AutoencoderKL(AutoencoderKLConfig.StableDiffusion15, shapes), tiny.Pipeline.Schedule),
        };
    }
}
