using TorchSharp;
using UniVG.Diffusion.Model;
using UniVG.Diffusion.Runtime;
using UniVG.Finetuning.Training.Optimizers;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Pretraining;

/// <summary>
/// Trains a VAE (Kingma and Welling 2014; Rombach et al. 2022) from scratch. An image's error keeps thin vessels sharp without a
/// perceptual network: L1 + 3·L2, twice as much on vessels, + 0.3·L1 of image gradients. The loss is the mean logarithm of
/// 0.1 + error, so that capillary nets and speckle, which no latent can hold, do not outweigh smooth images, + 1e-3·KL a latent element.
/// </summary>
internal sealed class VaeTrainer : IDisposable
{
    private const double KlWeight = 1e-3;
    private const double EasyImage = 0.1;
    private const int WarmupSteps = 50;
    private readonly AutoencoderKL _vae;
    private readonly PretrainingConfig _config;
    private readonly ParameterGroup _parameters;
    private readonly AdamW _optimizer;
    private readonly WeightAverage _average;

    /// <summary>Prepares to train all weights of <paramref name="vae"/>.</summary>
    public VaeTrainer(AutoencoderKL vae, PretrainingConfig config)
    {
        _vae = vae;
        _config = config;
        _parameters = new ParameterGroup("vae", [.. vae.Weights.Tensors.Values], config.LearningRate);
        _optimizer = new AdamW([_parameters], beta2: 0.99, weightDecay: 1e-4);
        _average = new WeightAverage(vae.Weights.Tensors);
    }

    /// <summary>Trains to the end and leaves the averaged weights in the model.</summary>
    /// <param name="pictures">What to learn from.</param>
    /// <param name="onStep">Told step and loss after each step.</param>
    /// <param name="cancellationToken">Looked at before each step.</param>
    public void Train(PretrainingSet pictures, Action<int, double> onStep, CancellationToken cancellationToken)
    {
        var random = new Random(_config.Seed);
        using var generator = new Generator((ulong)_config.Seed);
        for (var step = 0; step < _config.VaeSteps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var pause = FinalizerPause.Begin();
            using var scope = NewDisposeScope();
            _parameters.LearningRate = _config.LearningRate * Warmup(step) * CosineToOnePercent(step);
            int[] batch = [.. Enumerable.Range(0, _config.VaeBatch).Select(_ => random.Next(pictures.Count))];
            var turn = random.Next(8);
            var images = PaletteJitter.Apply(Turned(pictures.Images(batch), turn), random);
            var loss = Loss(images, Turned(pictures.Masks(batch), turn), generator);

            _optimizer.ZeroGradients();
            loss.backward();
            GradientClipping.Clip(_parameters.Parameters, maxNorm: 1);
            _optimizer.Step();
            _average.Update();
            onStep(step + 1, loss.ToDouble());
        }

        _average.CopyToWeights();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _average.Dispose();
    }

    // One of the eight symmetries of a square.
    private static Tensor Turned(Tensor images, int turn)
    {
        if ((turn & 1) != 0) images = images.flip(3);
        if ((turn & 2) != 0) images = images.flip(2);
        return (turn & 4) != 0 ? images.transpose(2, 3).contiguous() : images;
    }

    private static double Warmup(int step) => Math.Min(1, (step + 1.0) / WarmupSteps);

    private double CosineToOnePercent(int step) => 0.01 + (0.99 * 0.5 * (1 + Math.Cos(Math.PI * step / _config.VaeSteps)));

    private Tensor Loss(Tensor images, Tensor masks, Generator generator)
    {
        var (mean, logVariance) = _vae.EncodeMoments(images);
        var latents = mean + (logVariance.mul(0.5).exp() * randn(mean.shape, generator: generator));
        var difference = _vae.Decode(latents) - images;
        var perPixel = difference.abs() + (3 * difference.square());
        var perImage = (perPixel * (1 + masks)).mean([1, 2, 3]) + (0.3 * GradientMagnitude(difference));
        var reconstruction = (perImage + EasyImage).log().mean();
        var kl = 0.5 * (mean.square() + logVariance.exp() - 1 - logVariance).mean();
        return reconstruction + (KlWeight * kl);
    }

    // (B): mean |∂x| + mean |∂y| of the difference: the gradients of a sum are the sum of the gradients.
    private static Tensor GradientMagnitude(Tensor difference) =>
        difference.diff(dim: 2).abs().mean([1, 2, 3]) + difference.diff(dim: 3).abs().mean([1, 2, 3]);
}
