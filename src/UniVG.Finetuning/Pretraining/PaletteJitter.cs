using static TorchSharp.torch;

namespace UniVG.Finetuning.Pretraining;

/// <summary>
/// Recolours training images of the VAE: channels permuted, inverted, scaled and shifted at random. Without it the VAE knows the
/// modalities' own colours only, and no fine-tuning of the UNet could ever draw a new one.
/// </summary>
internal static class PaletteJitter
{
    /// <summary>Recolours about half of a batch.</summary>
    /// <param name="images">(B, 3, H, W) in [−1, 1].</param>
    /// <param name="random">Decides.</param>
    /// <returns>A new batch in [−1, 1].</returns>
    public static Tensor Apply(Tensor images, Random random)
    {
        var recoloured = images.unbind(0).Select(image => random.Next(2) == 0 ? image : Recolour(image, random)).ToArray();
        return stack(recoloured);
    }

    private static Tensor Recolour(Tensor image, Random random)
    {
        long[] order = [0, 1, 2];
        random.Shuffle(order);
        var permuted = image.index_select(0, tensor(order));
        if (random.Next(2) == 0) permuted = permuted.neg();

        // Each channel keeps a random end of its range: (x ± 1)·gain ∓ 1 maps [−1, 1] into itself.
        var gain = tensor(Enumerable.Range(0, 3).Select(_ => 0.25f + (0.75f * random.NextSingle())).ToArray()).reshape(3, 1, 1);
        var end = random.Next(2) == 0 ? 1 : -1;
        return permuted.add(end).mul(gain).sub(end);
    }
}
