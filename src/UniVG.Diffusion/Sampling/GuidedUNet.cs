using UniVG.Diffusion.Model;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Sampling;

/// <summary>
/// The UNet with classifier-free guidance (Ho and Salimans 2022): ε = ε_u + s · (ε_c − ε_u), both predicted in one pass. At s = 1
/// the unconditional half cancels out and is left out.
/// </summary>
/// <param name="unet">The model.</param>
/// <param name="condition">Text states of the prompt, (1, n, features).</param>
/// <param name="uncondition">Text states of the negative prompt, (1, n, features).</param>
/// <param name="scale">s, the guidance scale.</param>
internal sealed class GuidedUNet(UNet unet, Tensor condition, Tensor uncondition, double scale)
{
    public Tensor PredictNoise(Tensor latents, double timestep)
    {
        using var s = NewDisposeScope();
        var count = latents.shape[0];
        if (scale == 1) return Predict(latents, timestep, Repeat(condition, count)).MoveToOuterDisposeScope();

        var context = cat([Repeat(uncondition, count), Repeat(condition, count)]);
        var predictions = Predict(cat([latents, latents]), timestep, context).chunk(2);
        return (predictions[0] + (scale * (predictions[1] - predictions[0]))).MoveToOuterDisposeScope();
    }

    private Tensor Predict(Tensor latents, double timestep, Tensor context) =>
        unet.Forward(latents, full(latents.shape[0], timestep, ScalarType.Float32, latents.device), context);

    private static Tensor Repeat(Tensor states, long count) => states.expand(count, -1, -1);
}
