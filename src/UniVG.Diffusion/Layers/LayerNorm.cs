using UniVG.Diffusion.Weights;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace UniVG.Diffusion.Layers;

/// <summary>Layer normalisation (Ba et al. 2016) over the last dimension.</summary>
public sealed class LayerNorm(WeightScope scope, long features, double eps = 1e-5)
{
    private readonly long[] _shape = [features];
    private readonly Tensor _weight = scope.Take("weight", WeightInit.Ones, features);
    private readonly Tensor _bias = scope.Take("bias", WeightInit.Zeros, features);

    /// <summary>Normalises (…, features) to mean 0 and variance 1, then scales and shifts.</summary>
    public Tensor Forward(Tensor input) => F.layer_norm(input, _shape, _weight, _bias, eps);
}
