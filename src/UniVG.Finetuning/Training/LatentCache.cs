using UniVG.Diffusion;
using UniVG.Finetuning.Data;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Training;

/// <summary>
/// The latents of a dataset's images, encoded once and kept in memory: the VAE is frozen, and costs more than a training step. As in
/// kohya each image's latents are drawn once from their distribution.
/// </summary>
/// <param name="model">Whose VAE encodes.</param>
/// <param name="dataset">The images.</param>
/// <param name="seed">Seeds the draws; each image has its own, so that adding one changes no other.</param>
internal sealed class LatentCache(StableDiffusion model, FineTuningDataset dataset, long seed) : IDisposable
{
    private readonly Dictionary<DatasetSample, Tensor> _latents = [];

    /// <summary>Encodes what is not encoded yet, flipped images too where the dataset asks for them.</summary>
    /// <param name="onImage">Told how many of how many images are done.</param>
    /// <param name="cancellationToken">Looked at before each image; what is encoded by then is kept.</param>
    public void Fill(Action<int, int>? onImage, CancellationToken cancellationToken)
    {
        bool[] flips = dataset.Options.FlipAugmentation ? [false, true] : [false];
        var samples = Enumerable.Range(0, dataset.Images.Count).SelectMany(i => flips.Select(flip => new DatasetSample(i, flip))).ToList();
        foreach (var sample in samples.Where(s => !_latents.ContainsKey(s)))
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
        _latents.Clear();
    }
}
