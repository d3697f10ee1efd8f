using System.Globalization;
using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Diffusion.Runtime;
using UniVG.Diffusion.Sampling;
using UniVG.Notebooks.Displays.Images;

namespace UniVG.Notebooks.Training;

/// <summary>Draws sample pictures on a thread of their own.</summary>
internal static class ImageDrawing
{
    private const string ThreadName = "UniVG drawing";

    // On a GPU the same for all, with cuDNN's plans. On a CPU one a drawing, since a thread that stays keeps OpenMP threads.
    private static readonly Lazy<ComputeThread> Lasting = new(() => new ComputeThread(ThreadName));

    /// <summary>Draws pictures; the model must not be in use elsewhere.</summary>
    public static async Task<IReadOnlyList<RgbImage>> DrawAsync(
        StableDiffusion model, ImageRequest request, Action<SamplerStep>? onStep, CancellationToken cancellation)
    {
        using var passing = model.Device.type == TorchSharp.DeviceType.CPU ? new ComputeThread(ThreadName) : null;
        return await (passing ?? Lasting.Value).Run(() =>
        {
            try
            {
                return model.Generate(request, onStep, cancellation);
            }
            finally
            {
                NativeHeap.GiveBack();
            }
        }).ConfigureAwait(false);
    }

    /// <summary>A picture of a request as a grid shows it.</summary>
    public static GridImage Label(RgbImage image, ImageRequest request, int index)
    {
        var seed = (request.Seed + index).ToString(CultureInfo.InvariantCulture);
        return new GridImage(image, $"seed {seed}", $"{request.Prompt}, seed {seed}");
    }
}
