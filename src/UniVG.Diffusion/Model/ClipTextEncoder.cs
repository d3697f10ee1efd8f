using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Weights;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Model;

/// <summary>The CLIP text encoder of Stable Diffusion 1.x (Radford et al. 2021): token ids to the states that the UNet attends to.</summary>
public sealed class ClipTextEncoder : IDisposable
{
    private readonly Embedding _tokenEmbedding;
    private readonly Embedding _positionEmbedding;
    private readonly ClipEncoderLayer[] _layers;
    private readonly LayerNorm _finalNorm;

    /// <summary>Builds the model from the weights of <paramref name="source"/>.</summary>
    /// <exception cref="UniVGException">The configuration is impossible, or the source lacks a weight.</exception>
    public ClipTextEncoder(ClipTextConfig config, IWeightSource source)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        Config = config;
        Weights = new ModelWeights(source);
        var root = Weights.Root.At("text_model");
        _tokenEmbedding = new Embedding(root.At("embeddings.token_embedding"), config.VocabSize, config.HiddenSize, initStd: 0.02);
        _positionEmbedding = new Embedding(root.At("embeddings.position_embedding"), config.MaxPositions, config.HiddenSize, initStd: 0.01);
        _layers = [.. Enumerable.Range(0, config.Layers).Select(i => new ClipEncoderLayer(root.At("encoder.layers").At(i), config))];
        _finalNorm = new LayerNorm(root.At("final_layer_norm"), config.HiddenSize, config.LayerNormEps);
    }

    /// <summary>The dimensions it was built with.</summary>
    public ClipTextConfig Config { get; }

    /// <summary>Whether layers are computed again in the backward pass instead of kept (gradient checkpointing, Chen et al. 2016).</summary>
    public bool IsCheckpointing { get; set; }

    /// <summary>Its weights and layers by transformers name.</summary>
    public ModelWeights Weights { get; }

    /// <summary>Encodes token ids.</summary>
    /// <param name="ids">(B, n) int64, n at most <see cref="ClipTextConfig.MaxPositions"/>.</param>
    /// <param name="clipSkip">
    /// Which layer's output is used, counted from the last, as kohya and A1111 count: 1 is the last layer, 2 the one before.
    /// The final layer normalisation is applied to any of them.
    /// </param>
    /// <returns>States (B, n, features) in the weights' type; owned by the caller.</returns>
    /// <exception cref="UniVGException"><paramref name="clipSkip"/> names no layer, or the sequence is too long.</exception>
    public Tensor Forward(Tensor ids, int clipSkip = 1)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (clipSkip < 1 || clipSkip > _layers.Length)
        {
            throw new UniVGException($"Clip skip {clipSkip} is impossible: this text encoder has {_layers.Length} layers; use 1 to {_layers.Length}.");
        }

        if (ids.shape[1] > Config.MaxPositions)
        {
            throw new UniVGException(
                $"The text encoder takes {Config.MaxPositions} tokens at a time, but was given {ids.shape[1]}; split or shorten the prompt.");
        }

        using var s = NewDisposeScope();
        var positions = arange(ids.shape[1], dtype: ScalarType.Int64, device: ids.device);
        var states = _tokenEmbedding.Forward(ids) + _positionEmbedding.Forward(positions);              // (B, n, features)
        foreach (var layer in _layers[..^(clipSkip - 1)])
            states = IsCheckpointing ? RecomputedBranch.Apply((x, _) => layer.Forward(x), states, []) : layer.Forward(states);
        return _finalNorm.Forward(states).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Encodes prompts that are longer than the encoder's positions: each chunk on its own, joined as kohya does, with the first
    /// chunk's begin, the middle of every chunk and the last chunk's end.
    /// </summary>
    /// <param name="ids">(B, chunks, n) int64, each row with begin and end of text.</param>
    /// <param name="clipSkip">As in <see cref="Forward"/>.</param>
    /// <returns>States (B, chunks · (n − 2) + 2, features), 227 for three chunks of 77; owned by the caller.</returns>
    /// <exception cref="UniVGException">As in <see cref="Forward"/>.</exception>
    public Tensor ForwardChunks(Tensor ids, int clipSkip = 1)
    {
        ArgumentNullException.ThrowIfNull(ids);
        using var s = NewDisposeScope();
        var (count, chunks, length) = (ids.shape[0], ids.shape[1], ids.shape[2]);
        var states = Forward(ids.flatten(0, 1), clipSkip).reshape(count, chunks, length, Config.HiddenSize);
        var begin = states.select(1, 0).narrow(1, 0, 1);                                        // (B, 1, features)
        var middle = states.narrow(2, 1, length - 2).flatten(1, 2);                             // (B, chunks · (n − 2), features)
        var end = states.select(1, chunks - 1).narrow(1, length - 1, 1);                        // (B, 1, features)
        return cat([begin, middle, end], 1).MoveToOuterDisposeScope();
    }

    /// <summary>Disposes the weights.</summary>
    public void Dispose() => Weights.Dispose();
}
