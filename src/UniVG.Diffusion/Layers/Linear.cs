using UniVG.Diffusion.Weights;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace UniVG.Diffusion.Layers;

/// <summary>y = x Wᵀ + b over the last dimension: (…, in) → (…, out).</summary>
public sealed class Linear(WeightScope scope, long inFeatures, long outFeatures, bool bias = true, WeightInit? init = null)
    : AdaptableLayer(scope, [outFeatures, inFeatures], bias, init)
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor input, Tensor weight, Tensor? bias) => F.linear(input, weight, bias);
}
