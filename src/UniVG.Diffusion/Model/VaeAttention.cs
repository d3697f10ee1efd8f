using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Weights;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace UniVG.Diffusion.Model;

/// <summary>Self-attention with a single head over the pixels of a feature map: (B, channels, h, w) → the same, residual included.</summary>
internal sealed class VaeAttention(WeightScope scope, int channels, NormSettings norm)
{
    private readonly GroupNorm _norm = new(scope.At("group_norm"), norm.Groups, channels, norm.Eps);
    private readonly Linear _toQuery = new(scope.At("to_q"), channels, channels);
    private readonly Linear _toKey = new(scope.At("to_k"), channels, channels);
    private readonly Linear _toValue = new(scope.At("to_v"), channels, channels);
    private readonly Linear _toOut = new(scope.At("to_out.0"), channels, channels);

    public Tensor Forward(Tensor input)
    {
        using var s = NewDisposeScope();
        var tokens = _norm.Forward(input).flatten(2).transpose(1, 2);                                    // (B, h·w, channels)
        var attended = F.scaled_dot_product_attention(
            OneHead(_toQuery.Forward(tokens)), OneHead(_toKey.Forward(tokens)), OneHead(_toValue.Forward(tokens)));

        // Contiguous, or every convolution from here on would work in the order of channels last.
        var mixed = _toOut.Forward(attended.squeeze(1)).transpose(1, 2).contiguous();                    // (B, channels, h·w)
        return (mixed.reshape(input.shape) + input).MoveToOuterDisposeScope();
    }

    private static Tensor OneHead(Tensor tokens) => tokens.unsqueeze(1);                                 // (B, 1, h·w, channels)
}
