using static TorchSharp.torch;

namespace UniVG.Diffusion.Model;

/// <summary>What the UNet's predictions depend on besides the noisy latents.</summary>
/// <param name="Time">Activated timestep embeddings (B, features), or (1, features) for all samples.</param>
/// <param name="Text">Text states (rows, n, features), each row for as many consecutive predictions.</param>
/// <param name="Count">The number of predictions: B, or a multiple of it where the same samples are predicted with several texts.</param>
internal readonly record struct Conditioning(Tensor Time, Tensor Text, long Count)
{
    /// <summary>What gradients flow to, for blocks that are computed again in the backward pass.</summary>
    public Tensor[] Tensors => [Time, Text];

    /// <summary>The same with <see cref="Tensors"/> of its own.</summary>
    public Conditioning With(ReadOnlySpan<Tensor> tensors) => this with { Time = tensors[0], Text = tensors[1] };

    /// <summary>
    /// (B or Count, …) → (Count, …). Until the first attention to the text all predictions of a sample are the same; it is computed once up to there,
    /// and again for each text from there on.
    /// </summary>
    public Tensor ForEachText(Tensor x)
    {
        if (x.shape[0] == Count) return x;
        long[] times = [Count / x.shape[0], .. Enumerable.Repeat(1L, x.shape.Length - 1)];
        return x.repeat(times);
    }
}
