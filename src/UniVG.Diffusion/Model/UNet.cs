using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Weights;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace UniVG.Diffusion.Model;

/// <summary>
/// The denoiser of Stable Diffusion 1.x (Rombach et al. 2022): predicts the noise in latents from the noisy latents, their
/// timesteps and the text states. At SD 1.5's size, with latents of 64 × 64:
/// <code>
///                          channels      pixels   attention
///   conv_in                  4 →  320    64 × 64
///   down_blocks.0          320 →  320    64 × 64   yes        then halved
///   down_blocks.1          320 →  640    32 × 32   yes        then halved
///   down_blocks.2          640 → 1280    16 × 16   yes        then halved
///   down_blocks.3         1280 → 1280     8 ×  8
///   mid_block             1280 → 1280     8 ×  8   yes
///   up_blocks.0           1280 → 1280     8 ×  8              then doubled
///   up_blocks.1           1280 → 1280    16 × 16   yes        then doubled
///   up_blocks.2           1280 →  640    32 × 32   yes        then doubled
///   up_blocks.3            640 →  320    64 × 64   yes
///   conv_out               320 →    4    64 × 64
/// </code>
/// Every layer of the way down leaves a skip connection, which the way up takes in, last one first.
/// </summary>
public sealed class UNet : IDisposable
{
    private readonly Conv2d _convIn;
    private readonly TimestepEmbedding _timeEmbedding;
    private readonly UNetDownBlock[] _downBlocks;
    private readonly UNetUpBlock[] _upBlocks;
    private readonly UNetMidBlock _midBlock;
    private readonly GroupNorm _normOut;
    private readonly Conv2d _convOut;

    /// <summary>Builds the model from the weights of <paramref name="source"/>.</summary>
    /// <exception cref="UniVGException">The configuration is impossible, or the source lacks a weight.</exception>
    public UNet(UNetConfig config, IWeightSource source)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        Config = config;
        Weights = new ModelWeights(source);
        var root = Weights.Root;
        var channels = config.BlockOutChannels;

        // The order of construction is diffusers' module order (way up before the middle), which orders the layers of an adapter.
        _convIn = new Conv2d(root.At("conv_in"), config.InChannels, channels[0], kernelSize: 3, padding: 1);
        _timeEmbedding = new TimestepEmbedding(root.At("time_embedding"), channels[0], config.TimeEmbeddingDim);
        var skipChannels = new Stack<int>([channels[0]]);
        _downBlocks = [.. channels.Select((_, i) => new UNetDownBlock(root.At("down_blocks").At(i), config, i, skipChannels))];
        _upBlocks = [.. channels.Select((_, i) => new UNetUpBlock(root.At("up_blocks").At(i), config, i, skipChannels))];
        _midBlock = new UNetMidBlock(root.At("mid_block"), config);
        _normOut = new GroupNorm(root.At("conv_norm_out"), config.NormGroups, channels[0], config.NormEps);
        _convOut = new Conv2d(root.At("conv_out"), channels[0], config.OutChannels, kernelSize: 3, padding: 1, init: WeightInit.Zeros);
    }

    /// <summary>The dimensions it was built with.</summary>
    public UNetConfig Config { get; }

    /// <summary>Whether blocks are computed again in the backward pass instead of kept (gradient checkpointing, Chen et al. 2016).</summary>
    public bool IsCheckpointing { get; set; }

    /// <summary>Its weights and layers by diffusers name.</summary>
    public ModelWeights Weights { get; }

    /// <summary>The attentions to the text.</summary>
    internal IEnumerable<CrossAttention> TextAttentions =>
        [.. _downBlocks.SelectMany(block => block.TextAttentions), _midBlock.TextAttention, .. _upBlocks.SelectMany(block => block.TextAttentions)];

    /// <summary>Predicts the noise (or the velocity, if it was trained for that). Computes in the weights' type.</summary>
    /// <param name="latents">Noisy latents (B, in, h, w), scaled; any size of at least 1 × 1.</param>
    /// <param name="timesteps">(B), int64 or float: the timestep of each sample, 0 … 999; or (1), the timestep of all.</param>
    /// <param name="context">
    /// Text states (B · <paramref name="texts"/>, n, features); or of fewer rows that divide this number, each for as many consecutive predictions.
    /// </param>
    /// <param name="texts">
    /// How often each sample is predicted, with another text each time. Saves what does not depend on the text, against latents that are repeated.
    /// </param>
    /// <returns>(B · <paramref name="texts"/>, out, h, w), all samples with their first text first, in the type of <paramref name="latents"/>; owned by the caller.</returns>
    public Tensor Forward(Tensor latents, Tensor timesteps, Tensor context, int texts = 1)
    {
        ArgumentNullException.ThrowIfNull(latents);
        ArgumentNullException.ThrowIfNull(timesteps);
        ArgumentNullException.ThrowIfNull(context);
        if (texts > 1 && timesteps.shape[0] > 1) throw new ArgumentException("With several texts, all samples have one timestep.", nameof(timesteps));
        using var s = NewDisposeScope();
        var dtype = _convIn.Weight.dtype;
        var time = F.silu(_timeEmbedding.Forward(timesteps));                               // (B or 1, features), activated once for all blocks
        var given = new Conditioning(time, context.to(dtype), latents.shape[0] * texts);

        var skips = new Stack<Tensor>([_convIn.Forward(latents.to(dtype))]);
        foreach (var block in _downBlocks) block.Forward(skips, given, IsCheckpointing);
        var h = IsCheckpointing
            ? RecomputedBranch.Apply((x, rest) => _midBlock.Forward(x, given.With(rest)), skips.Peek(), given.Tensors)
            : _midBlock.Forward(skips.Peek(), given);
        foreach (var block in _upBlocks) h = block.Forward(h, skips, given, IsCheckpointing);

        var prediction = _convOut.Forward(_normOut.ForwardSilu(h));                     // (predictions, out, h, w)
        return prediction.to(latents.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Disposes the weights.</summary>
    public void Dispose() => Weights.Dispose();
}
