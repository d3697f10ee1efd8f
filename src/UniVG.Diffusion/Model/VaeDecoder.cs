using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Weights;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Model;

/// <summary>
/// Features to images: (B, latent channels, h, w) → (B, 3, 8h, 8w) with four levels, of which all but the last double.
/// </summary>
internal sealed class VaeDecoder
{
    private readonly Conv2d _convIn;
    private readonly List<Func<Tensor, Tensor>> _levels = [];
    private readonly VaeMidBlock _midBlock;
    private readonly GroupNorm _normOut;
    private readonly Conv2d _convOut;

    public VaeDecoder(WeightScope scope, AutoencoderKLConfig config, NormSettings norm)
    {
        int[] channels = [.. config.BlockOutChannels.Reverse()];
        _convIn = new Conv2d(scope.At("conv_in"), config.LatentChannels, channels[0], kernelSize: 3, padding: 1);
        _midBlock = new VaeMidBlock(scope.At("mid_block"), channels[0], norm);
        for (var level = 0; level < channels.Length; level++)
        {
            var place = scope.At("up_blocks").At(level);
            for (var i = 0; i < config.LayersPerBlock + 1; i++)
            {
                var inChannels = i == 0 ? channels[Math.Max(level - 1, 0)] : channels[level];
                var resnet = new ResnetBlock(place.At("resnets").At(i), inChannels, channels[level], norm);
                _levels.Add(h => resnet.Forward(h));
            }

            if (level < channels.Length - 1) _levels.Add(new Upsample(place.At("upsamplers.0"), channels[level]).Forward);
        }

        _normOut = new GroupNorm(scope.At("conv_norm_out"), norm.Groups, channels[^1], norm.Eps);
        _convOut = new Conv2d(scope.At("conv_out"), channels[^1], 3, kernelSize: 3, padding: 1);
    }

    public Tensor Forward(Tensor features)
    {
        using var s = NewDisposeScope();
        var h = _midBlock.Forward(_convIn.Forward(features));
        foreach (var layer in _levels)
        {
            using var previous = h;
            h = layer(h);
        }

        return _convOut.Forward(_normOut.ForwardSilu(h)).MoveToOuterDisposeScope();
    }
}
