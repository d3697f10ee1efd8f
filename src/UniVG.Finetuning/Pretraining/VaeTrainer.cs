using TorchSharp;
using UniVG.Diffusion.Model;
using UniVG.Finetuning.Training.Optimizers;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Pretraining;

/// <summary>
/// Trains a VAE (Kingma and Welling 2014; Rombach et al. 2022) from scratch. The loss keeps thin vessels sharp without a perceptual
/// network: L1 + 0.5·L2 + 0.3·L1 of image gradients + 1e-4·KL a latent element.
/// </summary>
internal sealed class VaeTrainer : IDisposable
{
    private const double KlWeight = 1e-4;
    private const int WarmupSteps = 50;
    private readonly AutoencoderKL _vae;
    private readonly PretrainingConfig _config;
    private readonly ParameterGroup _parameters;
    private readonly AdamW _optimizer;

    /// <summary>Prepares to train all weights of <paramref name="vae"/>.</summary>
    public VaeTrainer(AutoencoderKL vae, PretrainingConfig config)
    {
        _vae = vae;
        _config = config;
        _parameters = new ParameterGroup("vae", [.. vae.Weights.Tensors.Values], config.LearningRate);
        _optimizer = new AdamW([_parameters], beta2: 0.99, weightDecay: 1e-4);
    }

    /// <summary>Trains to the end.</summary>
    /// <param name="images">(N, 3, H, W) in [−1, 1].</param>
    /// <param name="onStep">Told step and loss after each step.</param>
    /// <param name="cancellationToken">Looked at before each step.</param>
    public void Train(Tensor images, Action<int, double> onStep, CancellationToken cancellationToken)
    {
        var random = new Random(_config.Seed);
        using var generator = new Generator((ulong)_config.Seed);
        for (var step = 0; step < _config.VaeSteps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            _parameters.LearningRate = _config.LearningRate * Warmup(step) * CosineToFivePercent(step);
            var batch = randint(images.shape[0], [_config.VaeBatch], generator: generator);
            var chosen = images.index_select(0, batch);
            if (random.Next(2) == 0) chosen = chosen.flip(3);
            var loss = Loss(PaletteJitter.Apply(chosen, random), generator);

            _optimizer.ZeroGradients();
            loss.backward();
            GradientClipping.Clip(_parameters.Parameters, maxNorm: 1);
            _optimizer.Step();
            onStep(step + 1, loss.ToDouble());
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _optimizer.Dispose();

    private static double Warmup(int step) => Math.Min(1, (step + 1.0) / WarmupSteps);

    private double CosineToFivePercent(int step) => 0.05 + (0.95 * 0.5 * (1 + Math.Cos(Math.PI * step / _config.VaeSteps)));

    private Tensor Loss(Tensor image, Generator generator)
    {
        var (mean, logVariance) = _vae.EncodeMoments(image);
        var latents = mean + (logVariance.mul(0.5).exp() * randn(mean.shape, generator: generator));
        var difference = _vae.Decode(latents) - image;
        var reconstruction = difference.abs().mean() + (0.5 * difference.square().mean()) + (0.3 * GradientMagnitude(difference));
        var kl = 0.5 * (mean.square() + logVariance.exp() - 1 - logVariance).mean();
        return reconstruction + (KlWeight * kl);
    }

    // Mean |∂x| + mean |∂y| of the difference: the gradients of a sum are the sum of the gradients.
    private static Tensor GradientMagnitude(Tensor difference) =>
        difference.diff(dim: 2).abs().mean() + difference.diff(dim: 3).abs().mean();
}
