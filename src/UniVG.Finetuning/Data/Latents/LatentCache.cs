using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Training;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Data.Latents;

/// <summary>
/// The latents of a dataset's images, encoded once and kept in memory: the VAE is frozen, and costs more than a training step. As in
/// kohya each image's latents are drawn once from their distribution. Images whose pixels vary by chance are encoded at every step.
/// </summary>
/// <param name="model">Whose VAE encodes.</param>
/// <param name="dataset">The images.</param>
/// <param name="seed">Seeds the draws; each image has its own, so that adding one changes no other.</param>
internal sealed class LatentCache(StableDiffusion model, FineTuningDataset dataset, long seed) : IDisposable
{
    private readonly Dictionary<DatasetSample, Entry> _entries = [];

    /// <summary>Encodes what is not encoded yet, flipped images too where the dataset asks for them.</summary>
    /// <param name="onImage">Told how many of how many images are done.</param>
    /// <param name="cancellationToken">Looked at before each image; what is encoded by then is kept.</param>
    /// <exception cref="UniVGException">An image is gone or has changed.</exception>
    public void Fill(Action<int, int>? onImage, CancellationToken cancellationToken)
    {
        var samples = Samples().ToList();
        foreach (var sample in samples.Where(s => !_entries.ContainsKey(s)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var prepared = ImagePreparation.Load(dataset.Images[sample.Image], sample.Flipped);
            var latents = Encode(prepared.Image, StepSeed.Of(seed, sample.Image)).DetachFromDisposeScope();
            _entries[sample] = new Entry(latents, MaskPlane(prepared.Mask));
            onImage?.Invoke(_entries.Count, samples.Count);
        }
    }

    /// <summary>The latents and masks of images that share a bucket.</summary>
    /// <param name="samples">The images.</param>
    /// <param name="stepSeed">Decides crop, colours and latents of images that vary; no effect on the others.</param>
    /// <exception cref="UniVGException">An image that is read at every step is gone or has changed.</exception>
    public LatentBatch Batch(IReadOnlyList<DatasetSample> samples, long stepSeed)
    {
        Entry[] entries = [.. samples.Select((sample, i) => _entries.TryGetValue(sample, out var entry) ? entry : Vary(sample, StepSeed.Of(stepSeed, i)))];
        var latents = cat([.. entries.Select(entry => entry.Latents)]);
        if (entries.All(entry => entry.Mask is null)) return new LatentBatch(latents, null);

        var (height, width) = (latents.shape[2], latents.shape[3]);
        var planes = entries.SelectMany(entry => entry.Mask ?? [.. Enumerable.Repeat(1f, (int)(height * width))]).ToArray();
        return new LatentBatch(latents, tensor(planes, [samples.Count, 1, height, width]).to(latents.device));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var entry in _entries.Values) entry.Latents.Dispose();
        _entries.Clear();
    }

    private IEnumerable<DatasetSample> Samples() =>
        from i in Enumerable.Range(0, dataset.Images.Count)
        let image = dataset.Images[i]
        where image.IsCacheable
        from flipped in image.Options.FlipAugmentation ? (bool[])[false, true] : [false]
        select new DatasetSample(i, flipped);

    private Entry Vary(DatasetSample sample, long drawSeed)
    {
        var prepared = ImagePreparation.Load(dataset.Images[sample.Image], sample.Flipped, new Random(unchecked((int)drawSeed)));
        return new Entry(Encode(prepared.Image, drawSeed), MaskPlane(prepared.Mask));
    }

    private Tensor Encode(RgbImage image, long drawSeed)
    {
        using var generator = new Generator((ulong)drawSeed);
        return model.EncodeImages([image], generator);
    }

    // The mean over the pixels of each latent.
    private float[]? MaskPlane(RgbImage? mask)
    {
        if (mask is null) return null;
        var unit = model.Vae.Config.PixelsPerLatent;
        var small = ImageResizer.Resize(mask, mask.Width / unit, mask.Height / unit);
        return [.. Enumerable.Range(0, small.Width * small.Height).Select(i => small.Pixels[i * 3] / 255f)];
    }

    private readonly record struct Entry(Tensor Latents, float[]? Mask);
}
