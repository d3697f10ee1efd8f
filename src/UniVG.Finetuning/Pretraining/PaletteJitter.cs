using static TorchSharp.torch;

namespace UniVG.Finetuning.Pretraining;

/// <summary>
/// Recolours training images of the VAE. Without it the VAE knows the modalities' own colours only, and no fine-tuning of the UNet
/// could ever draw a new one. The UNet never sees these images.
/// </summary>
internal static class PaletteJitter
{
    // Blood and tissue, in [−1, 1]: red vessels on pale ground are what most new modalities of the eye and skin look like.
    private static readonly float[] Blood = [0.40f, -0.80f, -0.78f];
    private static readonly float[] Tissue = [0.80f, 0.62f, 0.56f];

    /// <summary>Recolours three eighths of a batch.</summary>
    /// <param name="images">(B, 3, H, W) in [−1, 1].</param>
    /// <param name="random">Decides.</param>
    /// <returns>A new batch in [−1, 1].</returns>
    public static Tensor Apply(Tensor images, Random random)
    {
        var recoloured = images.unbind(0).Select(image => random.Next(8) switch
        {
            0 => Permute(image, random),
            1 or 2 => Duotone(image, random),
            _ => image,
        }).ToArray();
        return stack(recoloured);
    }

    // Channels permuted, inverted, scaled and shifted.
    private static Tensor Permute(Tensor image, Random random)
    {
        long[] order = [0, 1, 2];
        random.Shuffle(order);
        var permuted = image.index_select(0, tensor(order));
        if (random.Next(2) == 0) permuted = permuted.neg();

        // Each channel keeps a random end of its range: (x ± 1)·gain ∓ 1 maps [−1, 1] into itself.
        var gain = Column(_ => 0.25f + (0.75f * random.NextSingle()));
        var end = random.Next(2) == 0 ? 1 : -1;
        return permuted.add(end).mul(gain).sub(end);
    }

    // Brightness, stretched to its full range, from one colour to another: half the time any two, else blood on tissue.
    private static Tensor Duotone(Tensor image, Random random)
    {
        var brightness = image.mean([0], keepdim: true);
        var darkest = brightness.min();
        var level = (brightness - darkest) / (brightness.max() - darkest).clamp(min: 1e-3);
        if (random.Next(2) == 0) level = 1 - level;
        Tensor dark, light;
        if (random.Next(2) == 0)
        {
            (dark, light) = (Column(c => Near(Blood[c], 0.3f, random)), Column(c => Near(Tissue[c], 0.3f, random)));
        }
        else
        {
            (dark, light) = (Column(_ => Near(0, 1, random)), Column(_ => Near(0, 1, random)));
        }

        return dark + ((light - dark) * level);
    }

    private static float Near(float value, float reach, Random random) =>
        Math.Clamp(value + (reach * ((2 * random.NextSingle()) - 1)), -1, 1);

    private static Tensor Column(Func<int, float> value) => tensor((float[])[value(0), value(1), value(2)]).reshape(3, 1, 1);
}
