using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Weights;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Model;

/// <summary>
/// Images to features: (B, 3, H, W) → (B, 2 · latent channels, H/8, W/8) with four levels, of which all but the last halve.
/// </summary>
internal sealed class VaeEncoder
{
    private readonly Conv2d _convIn;
    private readonly List<Func<Tensor, Tensor>> _levels = [];
    private readonly VaeMidBlock _midBlock;
    private readonly GroupNorm _normOut;
    private readonly Conv2d _convOut;

    public VaeEncoder(WeightScope scope, AutoencoderKLConfig config, NormSettings norm)
    {
        var channels = config.BlockOutChannels;
        _convIn = new Conv2d(scope.At("conv_in"), 3, channels[0], kernelSize: 3, padding: 1);
        for (var level = 0; level < channels.Count; level++)
        {
            var place = scope.At("down_blocks").At(level);
            for (var i = 0; i < config.LayersPerBlock; i++)
            {
                var inChannels = i == 0 ? channels[Math.Max(level - 1, 0)] : channels[level];
                var resnet = new ResnetBlock(place.At("resnets").At(i), inChannels, channels[level], norm);
                _levels.Add(h => resnet.Forward(h));
            }

            if (level < channels.Count - 1) _levels.Add(new Downsample(place.At("downsamplers.0"), channels[level], padsBothSides: false).Forward);
        }

        _midBlock = new VaeMidBlock(scope.At("mid_block"), channels[^1], norm);
        _normOut = new GroupNorm(scope.At("conv_norm_out"), norm.Groups, channels[^1], norm.Eps);
        _convOut = new Conv2d(scope.At("conv_out"), channels[^1], 2 * config.LatentChannels, kernelSize: 3, padding: 1);
    }

    public Tensor Forward(Tensor images)
    {
        using var features = Features(images);
        return _convOut.Forward(features);
    }

    /// <summary>The last features before they become moments: (B, 3, H, W) → (B, channels, H/8, W/8) with four levels.</summary>
    public Tensor Features(Tensor images)
    {
        using var s = NewDisposeScope();
        var h = _convIn.Forward(images);
        foreach (var layer in _levels)
        {
            // At full resolution a feature map is the largest thing in memory: two are alive at a time, not all.
            using var previous = h;
            h = layer(h);
        }

        h = _midBlock.Forward(h);
        return _normOut.ForwardSilu(h).MoveToOuterDisposeScope();
    }
}
