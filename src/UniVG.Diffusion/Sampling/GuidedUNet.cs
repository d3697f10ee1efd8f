using UniVG.Diffusion.Model;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Sampling;

/// <summary>
/// The UNet with classifier-free guidance (Ho and Salimans 2022): ε = ε_u + s · (ε_c − ε_u), both predicted in one pass. At s = 1
/// the unconditional half cancels out and is left out.
/// </summary>
/// <param name="unet">The model.</param>
/// <param name="context">Text states of the negative prompt and of the prompt, (2, n, features); at a scale of 1 of the prompt alone, (1, n, features).</param>
/// <param name="scale">s, the guidance scale.</param>
internal sealed class GuidedUNet(UNet unet, Tensor context, double scale)
{
    public Tensor PredictNoise(Tensor latents, double timestep)
    {
        using var s = NewDisposeScope();
        var time = full(1, timestep, ScalarType.Float32, latents.device);
        if (scale == 1) return unet.Forward(latents, time, context).MoveToOuterDisposeScope();

        var predictions = unet.Forward(latents, time, context, texts: 2).chunk(2);
        return (predictions[0] + (scale * (predictions[1] - predictions[0]))).MoveToOuterDisposeScope();
    }
}
