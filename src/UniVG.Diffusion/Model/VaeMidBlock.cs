using UniVG.Diffusion.Weights;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Model;

/// <summary>The coarsest level of encoder and decoder: a residual block, attention, a residual block; (B, channels, h, w) → the same.</summary>
internal sealed class VaeMidBlock(WeightScope scope, int channels, NormSettings norm)
{
    private readonly VaeAttention _attention = new(scope.At("attentions.0"), channels, norm);
    private readonly ResnetBlock _resnet0 = new(scope.At("resnets.0"), channels, channels, norm);
    private readonly ResnetBlock _resnet1 = new(scope.At("resnets.1"), channels, channels, norm);

    public Tensor Forward(Tensor input)
    {
        using var s = NewDisposeScope();
        return _resnet1.Forward(_attention.Forward(_resnet0.Forward(input))).MoveToOuterDisposeScope();
    }
}
