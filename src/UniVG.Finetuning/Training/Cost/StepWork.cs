using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Model;
using UniVG.Finetuning.Adapters;

namespace UniVG.Finetuning.Training.Cost;

/// <summary>
/// The floating-point operations of one training step of one batch, counted layer by layer; a multiplication and an addition are two. Base
/// weights are frozen, so that their own gradients are never computed.
/// </summary>
public sealed record StepWork
{
    private const double AttentionBackward = 2.5; // the scores are computed again (Dao et al. 2022)

    private StepWork(double forward, double step) => (ForwardFlops, Flops) = (forward, step);

    /// <summary>Operations of one prediction of the UNet for one image, without adapters.</summary>
    public double ForwardFlops { get; }

    /// <summary>Operations of a step: prediction and gradients of the whole batch, recomputed parts included, the text encoder too where it learns.</summary>
    public double Flops { get; }

    /// <summary>Counts.</summary>
    /// <param name="unet">The model's UNet.</param>
    /// <param name="textEncoder">Its text encoder.</param>
    /// <param name="adapter">What is trained.</param>
    /// <param name="height">Height of the latents.</param>
    /// <param name="width">Width of the latents.</param>
    /// <param name="config">Batch size, checkpointing, and whether the text encoder learns.</param>
    public static StepWork Of(UNet unet, ClipTextEncoder textEncoder, AdapterNetwork adapter, int height, int width, TrainingConfig config)
    {
        var place = new LayerPlace(unet.Config, height, width);
        var adapters = adapter.Adapters.ToDictionary(a => a.Layer);
        double baseFlops = 0, forward = 0, backward = 0;
        foreach (var layer in unet.Weights.Layers) Count(layer, place.PositionsOf(layer), place.PixelsOf(layer.Path));
        var unetFlops = baseFlops;
        if (config.TextEncoderLearningRate > 0)
            foreach (var layer in textEncoder.Weights.Layers) Count(layer, LayerPlace.TextTokens, LayerPlace.TextTokens);

        if (config.GradientCheckpointing) backward += forward;
        var perStep = adapter.Adapters.Where(a => a.BranchElements is null).Sum(WeightFlops);
        return new StepWork(unetFlops, (config.BatchSize * (forward + backward)) + perStep);

        void Count(AdaptableLayer layer, long positions, long pixels)
        {
            var own = 2.0 * positions * layer.Weight.numel();
            var attention = layer.Path.EndsWith("to_q", StringComparison.Ordinal) || layer.Path.EndsWith("q_proj", StringComparison.Ordinal)
                ? 4.0 * pixels * (layer.Path.Contains("attn2", StringComparison.Ordinal) ? LayerPlace.TextTokens : pixels) * layer.Weight.shape[0]
                : 0;
            var branch = adapters.TryGetValue(layer, out var adapted) ? BranchFlops(adapted, positions) : 0;
            baseFlops += own + attention;
            forward += own + attention + branch;
            backward += own + (AttentionBackward * attention) + (2 * branch);
        }
    }

    private static double BranchFlops(Adapter adapter, long positions) => 2.0 * positions * (adapter.BranchElements ?? adapter.Layer.Weight.numel());

    // Two products of low rank, made in the forward pass, again in the backward pass, and the gradients of their factors.
    private static double WeightFlops(Adapter adapter) => 2 * 2 * 2 * 2.0 * adapter.Dim * adapter.Layer.Weight.numel();
}
