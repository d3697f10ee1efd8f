using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Images;
using UniVG.Diffusion.Model;
using UniVG.Diffusion.Runtime;
using UniVG.Finetuning.Synthesis;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Evaluation;

/// <summary>
/// The features that pictures are compared by: the last activations of univg-tiny's VAE encoder, whatever model is evaluated. They
/// were chosen among that encoder's latents, its activations and the UNet's middle block for telling best real pictures from
/// others of wrong colour, noise, torn vessels or another density. Limits: they see 64 × 64 pixels (univg-tiny's own size), hardly
/// notice a slight blur, know vessels only, and change when univg-tiny is trained anew; values compare within one version only.
/// </summary>
public sealed class TinyFeatures : IDisposable
{
    private const int BatchSize = 8;
    private const int ScalePictures = 12;
    private const int ScaleSeed = 1_000_000;
    private readonly AutoencoderKL _vae;
    private readonly Tensor _mean;
    private readonly Tensor _deviation;

    /// <summary>Loads the encoder and measures the scale of its features on generated pictures of univg-tiny's modalities.</summary>
    /// <exception cref="UniVGException">The embedded model is missing or damaged.</exception>
    public TinyFeatures()
    {
        TorchRuntime.EnsureLoaded();
        using var checkpoint = CheckpointReader.Open(ModelLoader.TinyFolder);
        var weights = checkpoint.Vae.Weights();
        _vae = new AutoencoderKL(AutoencoderKLConfig.FromJson(checkpoint.Vae.ConfigJson), weights);
        weights.Report.ThrowIfIncomplete();
        Size = _vae.Config.SampleSize;

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var scale = KnownModalities.Pretraining
            .SelectMany(modality => Enumerable.Range(ScaleSeed, ScalePictures).Select(seed => VesselSynthesizer.Generate(modality, seed, Size).Image))
            .Chunk(BatchSize).Select(batch => Activations(batch).mean([2L, 3L])).ToArray();
        var all = cat(scale).to(ScalarType.Float64);
        _mean = all.mean([0L]).DetachFromDisposeScope();
        _deviation = all.std([0L]).clamp(min: 1e-6).DetachFromDisposeScope();
    }

    /// <summary>Pixels on a side that pictures are brought to: the middle square, resized.</summary>
    public int Size { get; }

    /// <summary>Features of pictures of any size.</summary>
    /// <param name="images">The pictures.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    public ImageFeatures Extract(IReadOnlyList<RgbImage> images, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        using var noGrad = no_grad();
        var (appearance, layout) = (new List<double[]>(), new List<float[]>());
        foreach (var batch in images.Chunk(BatchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            using var pause = FinalizerPause.Begin();
            using var scope = NewDisposeScope();
            var activations = Activations([.. batch.Select(image => ToSquare(image, Size))]);
            var means = (activations.mean([2L, 3L]).to(ScalarType.Float64) - _mean) / _deviation;
            appearance.AddRange(Rows<double>(means));

            // Halved, a copy moved by a pixel or two stays similar; without each channel's mean, so does one of another tint.
            var coarse = nn.functional.avg_pool2d(activations, 2);
            var vectors = (coarse - coarse.mean([2L, 3L], keepdim: true)).flatten(1);
            layout.AddRange(Rows<float>(vectors / vectors.norm(1, keepdim: true).clamp(min: 1e-12)));
        }

        return new ImageFeatures(appearance, layout);
    }

    /// <summary>The middle square of a picture, resized.</summary>
    public static RgbImage ToSquare(RgbImage image, int size)
    {
        ArgumentNullException.ThrowIfNull(image);
        var side = Math.Min(image.Width, image.Height);
        return ImageResizer.Resize(ImageTransforms.CropCenter(image, side, side), size, size);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _vae.Dispose();
        _mean.Dispose();
        _deviation.Dispose();
    }

    private Tensor Activations(IReadOnlyList<RgbImage> images) => _vae.EncodeFeatures(ImageTensors.FromImages(images));

    private static T[][] Rows<T>(Tensor matrix)
        where T : unmanaged => matrix.contiguous().data<T>().ToArray().Chunk((int)matrix.shape[1]).ToArray();
}
