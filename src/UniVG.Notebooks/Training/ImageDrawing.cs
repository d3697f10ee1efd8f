using System.Globalization;
using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Diffusion.Runtime;
using UniVG.Diffusion.Sampling;
using UniVG.Notebooks.Displays.Images;

namespace UniVG.Notebooks.Training;

/// <summary>Draws sample pictures on a thread of their own, one after the other.</summary>
internal static class ImageDrawing
{
    private static readonly Lazy<ComputeThread> Thread = new(() => new ComputeThread("UniVG drawing"));

    /// <summary>Draws pictures; the model must not be in use elsewhere.</summary>
    public static Task<IReadOnlyList<RgbImage>> DrawAsync(
        StableDiffusion model, ImageRequest request, Action<SamplerStep>? onStep, CancellationToken cancellation) =>
        Thread.Value.Run(() =>
        {
            try
            {
                return model.Generate(request, onStep, cancellation);
            }
            finally
            {
                NativeHeap.GiveBack();
            }
        });

    /// <summary>A picture of a request as a grid shows it.</summary>
    public static GridImage Label(RgbImage image, ImageRequest request, int index)
    {
        var seed = (request.Seed + index).ToString(CultureInfo.InvariantCulture);
        return new GridImage(image, $"seed {seed}", $"{request.Prompt}, seed {seed}");
    }
}
