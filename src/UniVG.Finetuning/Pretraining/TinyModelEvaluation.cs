using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Synthesis;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Pretraining;

/// <summary>Measures univg-tiny on generated images that it was not trained on.</summary>
public static class TinyModelEvaluation
{
    /// <summary>The first seed of the held-out images; training uses small ones.</summary>
    public const int FirstSeed = 1_000_000;

    /// <summary>Reconstructs held-out images and draws as many samples by their captions, one seed each from 0 on, as strongly guided as suits the model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="modality">What to look at.</param>
    /// <param name="count">How many images, at least 1.</param>
    /// <param name="cancellation">Looked at before each sampler step.</param>
    public static TinyModelFigures Measure(LoadedModel model, IModality modality, int count, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(modality);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        SyntheticImage[] images =
            [.. Enumerable.Range(FirstSeed, count).Select(seed => VesselSynthesizer.Generate(modality, seed, model.Pipeline.DefaultSize))];
        var (psnr, vesselPsnr) = MeasureReconstruction(model.Pipeline, images);
        return new TinyModelFigures(
            psnr, vesselPsnr, KnownModalities.Pretraining.Contains(modality) ? MeasureColor(model, images, cancellation) : null);
    }

    private static (double Psnr, double VesselPsnr) MeasureReconstruction(StableDiffusion model, SyntheticImage[] images)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var decoded = model.DecodeLatents(model.EncodeImages([.. images.Select(i => i.Image)]));
        var (psnr, vesselError, vesselPixels) = (0.0, 0.0, 0);
        for (var i = 0; i < images.Length; i++)
        {
            var error = 0.0;
            for (var p = 0; p < images[i].Image.Pixels.Length; p++)
            {
                var square = Math.Pow(images[i].Image.Pixels[p] - decoded[i].Pixels[p], 2);
                error += square;
                if (images[i].Mask[p / 3] == 0) continue;
                vesselError += square;
                vesselPixels++;
            }

            psnr += Decibel(error / images[i].Image.Pixels.Length);
        }

        return (psnr / images.Length, Decibel(vesselError / vesselPixels));
    }

    private static double Decibel(double meanSquare) => 10 * Math.Log10(255.0 * 255 / Math.Max(meanSquare, 1e-3));

    private static double MeasureColor(LoadedModel model, SyntheticImage[] images, CancellationToken cancellation)
    {
        var drawn = images.Select((image, i) => model.Pipeline.Generate(
            new ImageRequest { Prompt = image.Caption, Seed = i, GuidanceScale = model.SuggestedGuidance }, cancellation: cancellation)[0]).ToArray();
        var (expected, actual) = (MeanColor(images.Select(i => i.Image)), MeanColor(drawn));
        return expected.Zip(actual, (e, a) => Math.Abs(e - a)).Average();
    }

    private static double[] MeanColor(IEnumerable<RgbImage> images)
    {
        var pixels = images.SelectMany(i => i.Pixels).ToArray();
        return [.. Enumerable.Range(0, 3).Select(channel => pixels.Where((_, p) => p % 3 == channel).Average(b => (double)b))];
    }
}
