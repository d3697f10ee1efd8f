using UniVG.Diffusion.Images;
using UniVG.Finetuning.Synthesis;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Pretraining;

/// <summary>The generated pictures that univg-tiny learns from, with their vessel masks and captions.</summary>
internal sealed class PretrainingSet
{
    private readonly RgbImage[] _images;
    private readonly byte[][] _masks;

    private PretrainingSet(SyntheticImage[] pictures)
    {
        _images = [.. pictures.Select(p => p.Image)];
        _masks = [.. pictures.Select(p => p.Mask)];
        Captions = [.. pictures.Select(p => p.Caption)];
        Modalities = [.. pictures.Select(p => p.Modality)];
    }

    /// <summary>What each picture shows, in full: modality, density, calibre.</summary>
    public IReadOnlyList<string> Captions { get; }

    /// <summary>The name of each picture's modality, the shortest caption.</summary>
    public IReadOnlyList<string> Modalities { get; }

    /// <summary>The number of pictures.</summary>
    public int Count => _images.Length;

    /// <summary>Draws the pictures of all pre-training modalities, on all cores.</summary>
    public static PretrainingSet Draw(PretrainingConfig config, CancellationToken cancellationToken)
    {
        var modalities = KnownModalities.Pretraining;
        var pictures = new SyntheticImage[modalities.Count * config.ImagesPerModality];
        Parallel.For(0, pictures.Length, new ParallelOptions { CancellationToken = cancellationToken }, i =>
            pictures[i] = VesselSynthesizer.Generate(
                modalities[i % modalities.Count], config.Seed + (i / modalities.Count), config.ImageSize));
        return new PretrainingSet(pictures);
    }

    /// <summary>Some of the pictures: (B, 3, H, W) in [−1, 1], owned by the caller.</summary>
    public Tensor Images(IEnumerable<int> indices) => ImageTensors.FromImages([.. indices.Select(i => _images[i])]);

    /// <summary>Where their vessels are: (B, 1, H, W), 1 on a vessel, else 0; owned by the caller.</summary>
    public Tensor Masks(IReadOnlyList<int> indices)
    {
        var size = _images[0].Width;
        var values = indices.SelectMany(i => _masks[i]).Select(m => m == 0 ? 0f : 1f).ToArray();
        return tensor(values, [indices.Count, 1, size, size]);
    }
}
