using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Weights;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace UniVG.Diffusion.Model;

/// <summary>Turns timesteps (B) into embeddings (B, features): a sinusoid and a two-layer perceptron (Ho et al. 2020).</summary>
internal sealed class TimestepEmbedding(WeightScope scope, int channels, int features)
{
    private readonly Linear _linear1 = new(scope.At("linear_1"), channels, features);
    private readonly Linear _linear2 = new(scope.At("linear_2"), features, features);

    public Tensor Forward(Tensor timesteps)
    {
        using var s = NewDisposeScope();
        var sinusoid = Sinusoid(timesteps, channels).to(_linear1.Weight.dtype);     // (B, channels)
        return _linear2.Forward(F.silu(_linear1.Forward(sinusoid))).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The sinusoidal position encoding of Vaswani et al. 2017 in float32: (B) → (B, channels), first the cosines, then the
    /// sines, of t · 10000^(−i/half) for i in 0 … half − 1.
    /// </summary>
    internal static Tensor Sinusoid(Tensor timesteps, int channels)
    {
        using var s = NewDisposeScope();
        var half = channels / 2;
        var frequencies = exp(arange(half, dtype: ScalarType.Float32, device: timesteps.device) * (-Math.Log(10000) / half));
        var angles = timesteps.to(ScalarType.Float32).unsqueeze(1) * frequencies;   // (B, half)
        return cat([cos(angles), sin(angles)], 1).MoveToOuterDisposeScope();
    }
}
