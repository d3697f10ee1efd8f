using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Weights;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Model;

/// <summary>
/// One layer of the CLIP text encoder (Radford et al. 2021): causal self-attention and a perceptron, each behind a layer
/// normalisation and a residual connection; (B, n, features) → the same.
/// </summary>
internal sealed class ClipEncoderLayer(WeightScope scope, ClipTextConfig config)
{
    private readonly ClipAttention _attention = new(scope.At("self_attn"), config.HiddenSize, config.Heads);
    private readonly LayerNorm _norm1 = new(scope.At("layer_norm1"), config.HiddenSize, config.LayerNormEps);
    private readonly Linear _fc1 = new(scope.At("mlp.fc1"), config.HiddenSize, config.IntermediateSize);
    private readonly Linear _fc2 = new(scope.At("mlp.fc2"), config.IntermediateSize, config.HiddenSize);
    private readonly LayerNorm _norm2 = new(scope.At("layer_norm2"), config.HiddenSize, config.LayerNormEps);

    public Tensor Forward(Tensor tokens)
    {
        using var s = NewDisposeScope();
        var x = tokens + _attention.Forward(_norm1.Forward(tokens));
        var perceptron = _fc2.Forward(QuickGelu(_fc1.Forward(_norm2.Forward(x))));
        return (x + perceptron).MoveToOuterDisposeScope();
    }

    // OpenAI's approximation of GELU, which CLIP was trained with.
    private static Tensor QuickGelu(Tensor x) => x * sigmoid(x * 1.702);
}
