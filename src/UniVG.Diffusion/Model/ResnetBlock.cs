using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Weights;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Model;

/// <summary>
/// Two convolutions around a residual connection, (B, in, h, w) → (B, out, h, w); the UNet's also add the timestep embedding
/// between them, one value a channel.
/// </summary>
/// <param name="scope">The block's place in the model.</param>
/// <param name="inChannels">Channels in.</param>
/// <param name="outChannels">Channels out; a 1×1 convolution carries the residual where they differ.</param>
/// <param name="norm">The normalisations' groups and epsilon.</param>
/// <param name="timeEmbeddingDim">Features of the timestep embedding; null in the VAE, which has none.</param>
internal sealed class ResnetBlock(WeightScope scope, int inChannels, int outChannels, NormSettings norm, int? timeEmbeddingDim = null)
{
    private readonly GroupNorm _norm1 = new(scope.At("norm1"), norm.Groups, inChannels, norm.Eps);
    private readonly Conv2d _conv1 = new(scope.At("conv1"), inChannels, outChannels, kernelSize: 3, padding: 1);
    private readonly Linear? _timeProjection =
        timeEmbeddingDim is { } features ? new(scope.At("time_emb_proj"), features, outChannels) : null;

    private readonly GroupNorm _norm2 = new(scope.At("norm2"), norm.Groups, outChannels, norm.Eps);

    // A UNet that starts as the identity in every residual branch learns faster from scratch (Ho et al. 2020).
    private readonly Conv2d _conv2 = new(
        scope.At("conv2"), outChannels, outChannels, kernelSize: 3, padding: 1, init: timeEmbeddingDim is null ? null : WeightInit.Zeros);

    private readonly Conv2d? _shortcut =
        inChannels == outChannels ? null : new(scope.At("conv_shortcut"), inChannels, outChannels, kernelSize: 1);

    public Tensor Forward(Tensor input, Tensor? timeEmbedding = null)
    {
        using var s = NewDisposeScope();
        var h = _conv1.Forward(_norm1.ForwardSilu(input));                                              // (B, out, h, w)
        if (_timeProjection is not null && timeEmbedding is not null)
        {
            h += _timeProjection.Forward(timeEmbedding).unsqueeze(-1).unsqueeze(-1);             // (B, out, 1, 1)
        }

        h = _conv2.Forward(_norm2.ForwardSilu(h));
        var residual = _shortcut is null ? input : _shortcut.Forward(input);
        return h.add_(residual).MoveToOuterDisposeScope();
    }
}
