using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Weights;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Model;

/// <summary>One resolution level on the way down: residual blocks, each followed by attention where the level has it, then a downsampler.</summary>
internal sealed class UNetDownBlock
{
    private readonly SpatialTransformer[] _attentions;
    private readonly ResnetBlock[] _resnets;
    private readonly Downsample? _downsampler;

    /// <param name="scope">The block's place in the model.</param>
    /// <param name="config">The UNet's dimensions.</param>
    /// <param name="level">The resolution level, 0 is the finest.</param>
    /// <param name="skipChannels">The channels of the skip connections so far; this block adds those it makes.</param>
    public UNetDownBlock(WeightScope scope, UNetConfig config, int level, Stack<int> skipChannels)
    {
        var inChannels = skipChannels.Peek();
        var channels = config.BlockOutChannels[level];
        var norm = new NormSettings(config.NormGroups, config.NormEps);

        // Attentions come before residual blocks in diffusers' module order, which is the order of the layers in an adapter.
        _attentions = config.DownAttention[level] ? new SpatialTransformer[config.LayersPerBlock] : [];
        for (var i = 0; i < _attentions.Length; i++)
        {
            _attentions[i] = new SpatialTransformer(
                scope.At("attentions").At(i), channels, config.CrossAttentionDim, config.AttentionHeads[level], config.NormGroups);
        }

        _resnets = new ResnetBlock[config.LayersPerBlock];
        for (var i = 0; i < _resnets.Length; i++)
        {
            _resnets[i] = new ResnetBlock(
                scope.At("resnets").At(i), i == 0 ? inChannels : channels, channels, norm, config.TimeEmbeddingDim);
            skipChannels.Push(channels);
        }

        if (level == config.BlockOutChannels.Count - 1) return;
        _downsampler = new Downsample(scope.At("downsamplers.0"), channels, padsBothSides: true);
        skipChannels.Push(channels);
    }

    /// <summary>The attentions to the text.</summary>
    public IEnumerable<CrossAttention> TextAttentions => _attentions.Select(attention => attention.TextAttention);

    /// <summary>Continues from the newest skip connection and pushes each layer's output; the last one is the block's output.</summary>
    public void Forward(Stack<Tensor> skips, Conditioning given, bool recompute)
    {
        using var s = NewDisposeScope();
        for (var i = 0; i < _resnets.Length; i++)
        {
            var index = i;
            var h = recompute
                ? RecomputedBranch.Apply((x, rest) => Layer(index, x, given.With(rest)), skips.Peek(), given.Tensors)
                : Layer(i, skips.Peek(), given);
            skips.Push(h.MoveToOuterDisposeScope());
        }

        if (_downsampler is not null) skips.Push(_downsampler.Forward(skips.Peek()).MoveToOuterDisposeScope());
    }

    private Tensor Layer(int index, Tensor input, Conditioning given)
    {
        using var s = NewDisposeScope();
        var h = _resnets[index].Forward(input, given.Time);
        if (_attentions.Length > 0) h = _attentions[index].Forward(h, given);
        return h.MoveToOuterDisposeScope();
    }
}
