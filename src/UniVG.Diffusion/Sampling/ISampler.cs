using static TorchSharp.torch;

namespace UniVG.Diffusion.Sampling;

/// <summary>
/// A way from noise to latents: which timesteps to visit and how to go from one to the next, given the noise that the UNet
/// predicts. Samplers hold no state; one instance serves any number of runs.
/// </summary>
public interface ISampler
{
    /// <summary>The name that users type: "euler_a".</summary>
    string Name { get; }

    /// <summary>The name that users read: "Euler a".</summary>
    string Title { get; }

    /// <summary>Draws the initial noise, then takes all steps.</summary>
    /// <returns>Clean scaled latents of the shape of the noise; owned by the caller.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled before a step.</exception>
    Tensor Sample(SamplerRun run);
}
