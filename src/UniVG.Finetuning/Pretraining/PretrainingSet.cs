using UniVG.Diffusion.Images;
using UniVG.Finetuning.Synthesis;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Pretraining;

/// <summary>The generated pictures that univg-tiny learns from, with their captions.</summary>
internal sealed class PretrainingSet : IDisposable
{
    private PretrainingSet(Tensor images, IReadOnlyList<string> captions)
    {
        Images = images;
        Captions = captions;
    }

    /// <summary>(N, 3, H, W) in [−1, 1].</summary>
    public Tensor Images { get; }

    /// <summary>What each image shows.</summary>
    public IReadOnlyList<string> Captions { get; }

    /// <summary>Draws the pictures of all pre-training modalities, on all cores.</summary>
    public static PretrainingSet Draw(PretrainingConfig config, CancellationToken cancellationToken)
    {
        var modalities = KnownModalities.Pretraining;
        var pictures = new SyntheticImage[modalities.Count * config.ImagesPerModality];
        Parallel.For(0, pictures.Length, new ParallelOptions { CancellationToken = cancellationToken }, i =>
            pictures[i] = VesselSynthesizer.Generate(
                modalities[i % modalities.Count], config.Seed + (i / modalities.Count), config.ImageSize));
        return new PretrainingSet(
            ImageTensors.FromImages([.. pictures.Select(p => p.Image)]).DetachFromDisposeScope(), [.. pictures.Select(p => p.Caption)]);
    }

    /// <inheritdoc/>
    public void Dispose() => Images.Dispose();
}
