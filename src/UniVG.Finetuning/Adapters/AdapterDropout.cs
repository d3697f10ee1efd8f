using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters;

/// <summary>
/// The three kinds of dropout of kohya and LyCORIS. They act only while gradients are recorded, so pictures drawn during a training
/// show the whole adapter. Masks are drawn on the CPU: a seed means the same on every device.
/// </summary>
internal sealed class AdapterDropout : IDisposable
{
    private readonly AdapterConfig _config;
    private readonly Generator _generator;
    private Random _random;

    private AdapterDropout(AdapterConfig config, long seed)
    {
        _config = config;
        _generator = new Generator((ulong)seed);
        _random = new Random(unchecked((int)seed));
    }

    /// <summary>The dropout of a configuration, or null where it has none.</summary>
    public static AdapterDropout? Create(AdapterConfig config, long seed) =>
        config.Dropout > 0 || config.RankDropout > 0 || config.ModuleDropout > 0 ? new AdapterDropout(config, seed) : null;

    /// <summary>Begins the draws anew: what a step leaves out follows from its number, not from the steps before it.</summary>
    public void Seed(long seed)
    {
        _generator.manual_seed(seed);
        _random = new Random(unchecked((int)seed));
    }

    /// <summary>Whether a whole adapter is left out this time.</summary>
    public bool SkipsModule() => _config.ModuleDropout > 0 && is_grad_enabled() && _random.NextDouble() < _config.ModuleDropout;

    /// <summary>Zeroes single values and scales the rest up.</summary>
    public Tensor Values(Tensor x) => _config.Dropout > 0 && is_grad_enabled() ? x * Mask(x.shape, _config.Dropout, x, rescale: true) : x;

    /// <summary>Zeroes whole ranks of each sample's low-rank values, (B, …, r) or for a convolution (B, r, h, w), and scales the rest up (kohya).</summary>
    public Tensor Ranks(Tensor low, bool isConvolution)
    {
        if (_config.RankDropout <= 0 || !is_grad_enabled()) return low;
        long[] shape = [.. low.shape];
        for (var i = 1; i < shape.Length; i++)
            if (i != (isConvolution ? 1 : shape.Length - 1)) shape[i] = 1;
        return low * Mask(shape, _config.RankDropout, low, rescale: true);
    }

    /// <summary>Zeroes whole rows of ΔW, that is channels of the branch's output, without scaling the rest (LyCORIS).</summary>
    public Tensor Rows(Tensor output, bool isConvolution)
    {
        if (_config.RankDropout <= 0 || !is_grad_enabled()) return output;
        var channels = output.shape[isConvolution ? 1 : ^1];
        return output * Mask(isConvolution ? [channels, 1, 1] : [channels], _config.RankDropout, output, rescale: false);
    }

    /// <inheritdoc/>
    public void Dispose() => _generator.Dispose();

    private Tensor Mask(long[] shape, double p, Tensor like, bool rescale)
    {
        using var scope = NewDisposeScope();
        var kept = rand(shape, generator: _generator).ge(p).to(like.dtype, like.device);
        return (rescale ? kept.mul_(1 / (1 - p)) : kept).MoveToOuterDisposeScope();
    }
}
