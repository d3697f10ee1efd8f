using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Weights;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Model;

/// <summary>
/// One resolution level on the way up: residual blocks that each take in a skip connection, followed by attention where the
/// level has it, then an upsampler.
/// </summary>
internal sealed class UNetUpBlock
{
    private readonly SpatialTransformer[] _attentions;
    private readonly ResnetBlock[] _resnets;
    private readonly Upsample? _upsampler;

    /// <param name="scope">The block's place in the model.</param>
    /// <param name="config">The UNet's dimensions.</param>
    /// <param name="index">The block's number, 0 is the coarsest.</param>
    /// <param name="skipChannels">The channels of the skip connections left; this block removes those it takes in.</param>
    public UNetUpBlock(WeightScope scope, UNetConfig config, int index, Stack<int> skipChannels)
    {
        var level = config.BlockOutChannels.Count - 1 - index;
        var inChannels = config.BlockOutChannels[index == 0 ? level : level + 1];
        var channels = config.BlockOutChannels[level];
        var norm = new NormSettings(config.NormGroups, config.NormEps);

        _attentions = config.UpAttention[index] ? new SpatialTransformer[config.LayersPerBlock + 1] : [];
        for (var i = 0; i < _attentions.Length; i++)
        {
            _attentions[i] = new SpatialTransformer(
                scope.At("attentions").At(i), channels, config.CrossAttentionDim, config.AttentionHeads[level], config.NormGroups);
        }

        _resnets = new ResnetBlock[config.LayersPerBlock + 1];
        for (var i = 0; i < _resnets.Length; i++)
        {
            var joined = (i == 0 ? inChannels : channels) + skipChannels.Pop();
            _resnets[i] = new ResnetBlock(scope.At("resnets").At(i), joined, channels, norm, config.TimeEmbeddingDim);
        }

        if (level > 0) _upsampler = new Upsample(scope.At("upsamplers.0"), channels);
    }

    /// <summary>The attentions to the text.</summary>
    public IEnumerable<CrossAttention> TextAttentions => _attentions.Select(attention => attention.TextAttention);

    /// <summary>(B, in, h, w) → (B, out, h', w'), where the next skip connection left on the stack is h' × w'.</summary>
    public Tensor Forward(Tensor input, Stack<Tensor> skips, Conditioning given, bool recompute)
    {
        using var s = NewDisposeScope();
        var h = input;
        for (var i = 0; i < _resnets.Length; i++)
        {
            var index = i;
            h = recompute
                ? RecomputedBranch.Apply((x, rest) => Layer(index, x, rest[0], given.With(rest.AsSpan(1))), h, [skips.Pop(), .. given.Tensors])
                : Layer(i, h, skips.Pop(), given);
        }

        if (_upsampler is not null) h = _upsampler.Forward(h, skips.Peek().shape[2], skips.Peek().shape[3]);
        return h.MoveToOuterDisposeScope();
    }

    private Tensor Layer(int index, Tensor input, Tensor skip, Conditioning given)
    {
        using var s = NewDisposeScope();
        var h = _resnets[index].Forward(cat([input, given.ForEachText(skip)], 1), given.Time);
        if (_attentions.Length > 0) h = _attentions[index].Forward(h, given);
        return h.MoveToOuterDisposeScope();
    }
}
