using TorchSharp;
using UniVG.Finetuning.Training;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters;

/// <summary>
/// The three kinds of dropout of kohya and LyCORIS, of one adapter. They act only while training, so pictures drawn in between show the
/// whole adapter. Draws follow from the batch's seed alone: a layer that is computed again in the backward pass drops the same values, a
/// resumed run needs no random state; drawn on the CPU, a seed means the same on every device.
/// </summary>
/// <param name="config">The probabilities.</param>
/// <param name="moment">The batch.</param>
/// <param name="adapter">The adapter's number in its network.</param>
internal sealed class AdapterDropout(AdapterConfig config, DropoutMoment moment, int adapter)
{
    private enum Draw
    {
        Module,
        Values,
        Ranks,
    }

    /// <summary>Whether a configuration has dropouts.</summary>
    public static bool IsWanted(AdapterConfig config) => config.Dropout > 0 || config.RankDropout > 0 || config.ModuleDropout > 0;

    /// <summary>Whether a whole adapter is left out this time.</summary>
    public bool SkipsModule() => Acts(config.ModuleDropout) && new Random(unchecked((int)SeedOf(Draw.Module))).NextDouble() < config.ModuleDropout;

    /// <summary>Zeroes single values and scales the rest up.</summary>
    public Tensor Values(Tensor x) => Acts(config.Dropout) ? x * Mask(Draw.Values, x.shape, config.Dropout, x, rescale: true) : x;

    /// <summary>Zeroes whole ranks of each sample's low-rank values, (B, …, r) or for a convolution (B, r, h, w), and scales the rest up (kohya).</summary>
    public Tensor Ranks(Tensor low, bool isConvolution)
    {
        if (!Acts(config.RankDropout)) return low;
        long[] shape = [.. low.shape];
        for (var i = 1; i < shape.Length; i++)
            if (i != (isConvolution ? 1 : shape.Length - 1)) shape[i] = 1;
        return low * Mask(Draw.Ranks, shape, config.RankDropout, low, rescale: true);
    }

    /// <summary>Zeroes whole rows of ΔW, that is channels of the branch's output, without scaling the rest (LyCORIS).</summary>
    public Tensor Rows(Tensor output, bool isConvolution)
    {
        if (!Acts(config.RankDropout)) return output;
        var channels = output.shape[isConvolution ? 1 : ^1];
        return output * Mask(Draw.Ranks, isConvolution ? [channels, 1, 1] : [channels], config.RankDropout, output, rescale: false);
    }

    private bool Acts(double probability) => probability > 0 && moment.Seed is not null;

    private long SeedOf(Draw draw) => StepSeed.Of(moment.Seed!.Value, (adapter * 3) + (int)draw);

    private Tensor Mask(Draw draw, long[] shape, double p, Tensor like, bool rescale)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)SeedOf(draw));

        // A scalar that nobody holds may be collected while native code still reads it.
        using var probability = p.ToScalar();
        var kept = rand(shape, generator: generator).ge(probability).to(like.dtype, like.device);
        return (rescale ? kept.mul_(1 / (1 - p)) : kept).MoveToOuterDisposeScope();
    }
}
