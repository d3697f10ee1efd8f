using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Data.Buckets;
using UniVG.Finetuning.Training;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Data.Latents;

/// <summary>
/// The latents of a dataset's images, encoded once and kept in memory, on disk too where the dataset asks for it: the VAE is frozen, and
/// costs more than a training step. As in kohya each image's latents are drawn once from their distribution; the draw depends on the
/// image's bytes alone, so that memory and disk give the same. Images whose pixels vary by chance are encoded at every step.
/// </summary>
/// <param name="model">Whose VAE encodes.</param>
/// <param name="dataset">The images.</param>
internal sealed class LatentCache(StableDiffusion model, FineTuningDataset dataset) : IDisposable
{
    private readonly Dictionary<DatasetSample, Entry> _entries = [];
    private readonly Dictionary<LatentCacheOptions, LatentStore> _stores = [];

    /// <summary>How many images' latents were found on disk.</summary>
    public int Found { get; private set; }

    /// <summary>How many images were encoded.</summary>
    public int Encoded { get; private set; }

    /// <summary>Gets the latents of all images that do not vary, flipped ones too where the dataset asks for them.</summary>
    /// <param name="onImage">Told how many of how many images are done.</param>
    /// <param name="cancellationToken">Looked at before each image; what is encoded by then is kept.</param>
    /// <exception cref="UniVGException">An image is gone or has changed, or the cache folder cannot be written.</exception>
    public void Fill(Action<int, int>? onImage, CancellationToken cancellationToken)
    {
        int[] cacheable = [.. Enumerable.Range(0, dataset.Images.Count).Where(i => dataset.Images[i].IsCacheable)];
        int[] missing = [.. cacheable.Where(i => !_entries.ContainsKey(new DatasetSample(i, Flipped: false)))];
        var done = cacheable.Length - missing.Length;
        foreach (var (index, stored, prepared) in Ahead.Of(missing, Find, Environment.ProcessorCount, cancellationToken))
        {
            var image = dataset.Images[index];
            var latents = stored ?? Encode(image, prepared!);
            if (stored is null) StoreOf(image).Write(image, latents);
            Keep(index, latents, prepared);
            (Found, Encoded) = stored is null ? (Found, Encoded + 1) : (Found + 1, Encoded);
            onImage?.Invoke(++done, cacheable.Length);
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

    // On other threads, while the VAE is at work: the latents on disk, else the image prepared for encoding.
    private (int Index, StoredLatents? Stored, PreparedImage? Prepared) Find(int index)
    {
        var image = dataset.Images[index];
        var stored = StoreOf(image).TryRead(image);
        return (index, stored, stored is null || image.MaskPath is not null ? ImagePreparation.Load(image) : null);
    }

    private StoredLatents Encode(BucketedImage image, PreparedImage prepared)
    {
        var drawSeed = SeedOf(image);
        using var scope = NewDisposeScope();
        var latents = Draw(prepared.Image, drawSeed);
        var flipped = image.Options.FlipAugmentation ? Draw(ImageTransforms.FlipHorizontal(prepared.Image), drawSeed) : null;
        var mask = image.Options.AlphaMask ? prepared.Mask?.Pixels.Where((_, i) => i % 3 == 0).Select(v => v / 255f).ToArray() : null;
        if (image.Options.AlphaMask) mask ??= [.. Enumerable.Repeat(1f, image.Choice.Bucket.Width * image.Choice.Bucket.Height)];
        return new StoredLatents([.. latents.shape[1..].Select(n => (int)n)], Values(latents), flipped is null ? null : Values(flipped), mask);
    }

    private void Keep(int index, StoredLatents stored, PreparedImage? prepared)
    {
        var image = dataset.Images[index];
        var bucket = image.Choice.Bucket;
        var mask = stored.AlphaMask is { } alpha ? MaskPlane(alpha, bucket.Width, mirrored: false) : MaskPlane(prepared?.Mask, mirrored: false);
        _entries[new DatasetSample(index, Flipped: false)] = new Entry(Scaled(stored.Values, stored.Shape), mask);
        if (!image.Options.FlipAugmentation) return;
        mask = stored.AlphaMask is { } same ? MaskPlane(same, bucket.Width, mirrored: true) : MaskPlane(prepared?.Mask, mirrored: true);
        _entries[new DatasetSample(index, Flipped: true)] = new Entry(Scaled(stored.Flipped!, stored.Shape), mask);
    }

    private Entry Vary(DatasetSample sample, long drawSeed)
    {
        var prepared = ImagePreparation.Load(dataset.Images[sample.Image], sample.Flipped, new Random(unchecked((int)drawSeed)));
        return new Entry((Draw(prepared.Image, drawSeed) * model.ScalingFactor).to(model.Device), MaskPlane(prepared.Mask, mirrored: false));
    }

    // One image at a time: how many share a pass changes the last bits, and which are missing is chance.
    private Tensor Draw(RgbImage image, long drawSeed)
    {
        using var generator = new Generator((ulong)drawSeed);
        return model.DrawLatents(ImageTensors.FromImages([image]), generator);
    }

    private static long SeedOf(BucketedImage image) =>
        BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(image.ContentHash))) & long.MaxValue;

    private static float[] Values(Tensor latents) => latents.cpu().contiguous().data<float>().ToArray();

    private Tensor Scaled(float[] values, IReadOnlyList<int> shape)
    {
        using var scope = NewDisposeScope();
        var latents = tensor(values, [1, .. shape.Select(n => (long)n)]).to(model.Device) * model.ScalingFactor;
        return latents.DetachFromDisposeScope();
    }

    private float[]? MaskPlane(RgbImage? mask, bool mirrored) =>
        mask is null ? null : MaskPlane([.. mask.Pixels.Where((_, i) => i % 3 == 0).Select(v => v / 255f)], mask.Width, mirrored);

    // The mean over the pixels of each latent.
    private float[] MaskPlane(float[] mask, int width, bool mirrored)
    {
        var unit = model.Vae.Config.PixelsPerLatent;
        var (columns, rows) = (width / unit, mask.Length / width / unit);
        var plane = new float[columns * rows];
        for (var i = 0; i < mask.Length; i++)
        {
            var (x, y) = (i % width / unit, i / width / unit);
            plane[(y * columns) + (mirrored ? columns - 1 - x : x)] += mask[i] / (unit * unit);
        }

        return plane;
    }

    private LatentStore StoreOf(BucketedImage image)
    {
        lock (_stores)
        {
            var options = image.Options.LatentCache;
            return _stores.TryGetValue(options, out var store) ? store : _stores[options] = new LatentStore(model, options);
        }
    }

    private readonly record struct Entry(Tensor Latents, float[]? Mask);
}
