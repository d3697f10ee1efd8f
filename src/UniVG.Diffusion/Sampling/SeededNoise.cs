using static TorchSharp.torch;

namespace UniVG.Diffusion.Sampling;

/// <summary>
/// Noise for a batch in which every image has a random generator of its own. It is drawn on the CPU, so that a seed gives the
/// same picture alone, in a batch, and on any device.
/// </summary>
internal sealed class SeededNoise : IDisposable
{
    private readonly Generator[] _generators;
    private readonly long[] _shape;
    private readonly Device _device;

    /// <param name="firstSeed">The seed of the first image; the others count up.</param>
    /// <param name="count">Images in the batch.</param>
    /// <param name="shape">The shape of one image's latents: (channels, h, w).</param>
    /// <param name="device">Where the noise is needed.</param>
    public SeededNoise(long firstSeed, int count, ReadOnlySpan<long> shape, Device device)
    {
        _generators = [.. Enumerable.Range(0, count).Select(i => new Generator(unchecked((ulong)(firstSeed + i))))];
        _shape = [1, .. shape];
        _device = device;
    }

    /// <summary>Draws N(0, 1): (images, channels, h, w), float32.</summary>
    public Tensor Draw()
    {
        using var s = NewDisposeScope();
        return cat([.. _generators.Select(g => randn(_shape, generator: g))]).to(_device).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        foreach (var generator in _generators) generator.Dispose();
    }
}
