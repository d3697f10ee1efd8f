using UniVG.Diffusion.Weights;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace UniVG.Diffusion.Layers;

/// <summary>Group normalisation (Wu and He 2018) of (B, channels, …) with a learned scale and shift a channel.</summary>
public sealed class GroupNorm(WeightScope scope, int groups, long channels, double eps)
{
    private readonly Tensor _weight = scope.Take("weight", WeightInit.Ones, channels);
    private readonly Tensor _bias = scope.Take("bias", WeightInit.Zeros, channels);

    /// <summary>Normalises each group of channels of each sample to mean 0 and variance 1, then scales and shifts.</summary>
    public Tensor Forward(Tensor input) => F.group_norm(input, groups, _weight, _bias, eps);

    /// <summary>The same, then activated by SiLU; in place where no gradient needs the values before.</summary>
    public Tensor ForwardSilu(Tensor input)
    {
        using var scope = NewDisposeScope();
        return F.silu(Forward(input), inplace: !is_grad_enabled()).MoveToOuterDisposeScope();
    }
}
