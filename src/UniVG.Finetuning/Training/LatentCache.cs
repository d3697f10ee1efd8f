using UniVG.Diffusion;
using UniVG.Finetuning.Data;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Training;

/// <summary>
/// The latents of a dataset's images, encoded once and kept in memory: the VAE is frozen, and costs more than a training step. As in
/// kohya each image's latents are drawn once from their distribution.
/// </summary>
public sealed class LatentCache : IDisposable
{
    private readonly Dictionary<DatasetSample, Tensor> _latents = [];

    /// <summary>Encodes all images of <paramref name="dataset"/>, flipped ones too where it asks for them.</summary>
    /// <param name="model">Whose VAE encodes.</param>
    /// <param name="dataset">The images.</param>
    /// <param name="seed">Seeds the draws; each image has its own, so that adding one changes no other.</param>
    /// <param name="onImage">Told how many of how many images are done.</param>
    /// <param name="cancellationToken">Looked at before each image.</param>
    public LatentCache(
        StableDiffusion model, FineTuningDataset dataset, long seed, Action<int, int>? onImage, CancellationToken cancellationToken)
    {
        var samples = dataset.Images.SelectMany((_, index) => Samples(index, dataset.Options.FlipAugmentation)).ToList();
        foreach (var sample in samples)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var image = ImagePreparation.Load(dataset.Images[sample.Image], sample.Flipped);
            using var generator = new Generator((ulong)StepSeed.Of(seed, sample.Image));
            _latents[sample] = model.EncodeImages([image], generator).DetachFromDisposeScope();
            onImage?.Invoke(_latents.Count, samples.Count);
        }
    }

    /// <summary>The scaled latents of a batch whose images share a bucket: (B, 4, h, w).</summary>
    public Tensor Batch(IEnumerable<DatasetSample> samples) => cat([.. samples.Select(sample => _latents[sample])]);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var latents in _latents.Values) latents.Dispose();
    }

    private static IEnumerable<DatasetSample> Samples(int index, bool flipped) =>
        flipped ? [new DatasetSample(index, Flipped: false), new DatasetSample(index, Flipped: true)] : [new DatasetSample(index, Flipped: false)];
}
