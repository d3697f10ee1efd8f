using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Weights;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Model;

/// <summary>
/// The autoencoder between images and latents (Rombach et al. 2022). Its latents are not scaled:
/// <see cref="AutoencoderKLConfig.ScalingFactor"/> is applied by the caller.
/// </summary>
public sealed class AutoencoderKL : IDisposable
{
    private readonly VaeEncoder _encoder;
    private readonly VaeDecoder _decoder;
    private readonly Conv2d _quantConv;
    private readonly Conv2d _postQuantConv;

    /// <summary>Builds the model from the weights of <paramref name="source"/>.</summary>
    /// <exception cref="UniVGException">The configuration is impossible, or the source lacks a weight.</exception>
    public AutoencoderKL(AutoencoderKLConfig config, IWeightSource source)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        Config = config;
        Weights = new ModelWeights(source);
        var root = Weights.Root;
        var norm = new NormSettings(config.NormGroups, Eps: 1e-6);
        var latent = config.LatentChannels;
        _encoder = new VaeEncoder(root.At("encoder"), config, norm);
        _decoder = new VaeDecoder(root.At("decoder"), config, norm);
        _quantConv = new Conv2d(root.At("quant_conv"), 2 * latent, 2 * latent, kernelSize: 1);
        _postQuantConv = new Conv2d(root.At("post_quant_conv"), latent, latent, kernelSize: 1);
    }

    /// <summary>The dimensions it was built with.</summary>
    public AutoencoderKLConfig Config { get; }

    /// <summary>Its weights and layers by diffusers name.</summary>
    public ModelWeights Weights { get; }

    /// <summary>Encodes images to the normal distribution of their latents. Computes in the weights' type.</summary>
    /// <param name="images">(B, 3, H, W) in [−1, 1]; H and W multiples of <see cref="AutoencoderKLConfig.PixelsPerLatent"/>.</param>
    /// <returns>
    /// Mean and logarithm of the variance, clamped to [−30, 20], each (B, latent channels, H/8, W/8) with four levels, in the
    /// type of <paramref name="images"/>, unscaled; owned by the caller.
    /// </returns>
    public (Tensor Mean, Tensor LogVariance) EncodeMoments(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        using var s = NewDisposeScope();
        var features = _encoder.Forward(images.to(_quantConv.Weight.dtype));
        var moments = _quantConv.Forward(features).to(images.dtype).chunk(2, dim: 1);
        return (moments[0].contiguous().MoveToOuterDisposeScope(), moments[1].clamp(-30, 20).MoveToOuterDisposeScope());
    }

    /// <summary>What the encoder sees in images: its last features before they become moments. Computes in the weights' type.</summary>
    /// <param name="images">(B, 3, H, W) in [−1, 1]; H and W multiples of <see cref="AutoencoderKLConfig.PixelsPerLatent"/>.</param>
    /// <returns>(B, channels of the last level, H/8, W/8) with four levels, in the type of <paramref name="images"/>; owned by the caller.</returns>
    public Tensor EncodeFeatures(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        using var s = NewDisposeScope();
        return _encoder.Features(images.to(_quantConv.Weight.dtype)).to(images.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Decodes latents to images. Computes in the weights' type.</summary>
    /// <param name="latents">(B, latent channels, h, w), unscaled.</param>
    /// <returns>(B, 3, 8h, 8w) with four levels, around [−1, 1] but not clamped, in the type of <paramref name="latents"/>; owned by the caller.</returns>
    public Tensor Decode(Tensor latents)
    {
        ArgumentNullException.ThrowIfNull(latents);
        using var s = NewDisposeScope();
        var features = _postQuantConv.Forward(latents.to(_postQuantConv.Weight.dtype));
        return _decoder.Forward(features).to(latents.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Disposes the weights.</summary>
    public void Dispose() => Weights.Dispose();
}
