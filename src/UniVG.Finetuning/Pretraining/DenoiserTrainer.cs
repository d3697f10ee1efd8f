using TorchSharp;
using UniVG.Diffusion.Model;
using UniVG.Diffusion.Runtime;
using UniVG.Diffusion.Schedules;
using UniVG.Finetuning.Training.Optimizers;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Pretraining;

/// <summary>
/// Trains a UNet and its text encoder together from scratch to predict the noise in latents.
/// </summary>
/// <remarks>
/// The plain loss weights errors of the denoised latents by their signal-to-noise ratio, so that a picture's overall colour, decided
/// at high noise, is the last thing learnt. The loss here is weighted by min(min(snr + 1, 5)/snr, 20), the weighting of velocity
/// prediction capped as in min-SNR (Hang et al. 2023); the model remains an ordinary noise predictor.
/// </remarks>
internal sealed class DenoiserTrainer : IDisposable
{
    private const int WarmupSteps = 100;
    private readonly UNet _unet;
    private readonly ClipTextEncoder _textEncoder;
    private readonly NoiseSchedule _schedule;
    private readonly PretrainingConfig _config;
    private readonly ParameterGroup _parameters;
    private readonly AdamW _optimizer;
    private readonly WeightAverage _unetAverage;
    private readonly WeightAverage _textAverage;
    private readonly Tensor _lossWeights; // (1000)

    /// <summary>Prepares to train all weights of both models.</summary>
    public DenoiserTrainer(UNet unet, ClipTextEncoder textEncoder, NoiseSchedule schedule, PretrainingConfig config)
    {
        (_unet, _textEncoder, _schedule, _config) = (unet, textEncoder, schedule, config);
        Tensor[] all = [.. unet.Weights.Tensors.Values, .. textEncoder.Weights.Tensors.Values];
        _parameters = new ParameterGroup("denoiser", all, config.LearningRate);
        _optimizer = new AdamW([_parameters], beta2: 0.99, weightDecay: 0.01);
        _unetAverage = new WeightAverage(unet.Weights.Tensors);
        _textAverage = new WeightAverage(textEncoder.Weights.Tensors);
        _lossWeights = tensor(Enumerable.Range(0, schedule.Count).Select(t => (float)LossWeight(schedule.Snr(t))).ToArray());
    }

    /// <summary>Trains to the end and leaves the averaged weights in the models.</summary>
    /// <param name="latents">(N, 4, h, w), scaled to unit variance.</param>
    /// <param name="captions">The captions of the N latents.</param>
    /// <param name="onStep">Told step and unweighted loss after each step.</param>
    /// <param name="cancellationToken">Looked at before each step.</param>
    public void Train(Tensor latents, CaptionTable captions, Action<int, double> onStep, CancellationToken cancellationToken)
    {
        using var generator = new Generator((ulong)_config.Seed + 1);
        for (var step = 0; step < _config.DenoiserSteps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var pause = FinalizerPause.Begin();
            using var scope = NewDisposeScope();
            _parameters.LearningRate = _config.LearningRate * Rate(step);
            var batch = randint(latents.shape[0], [_config.DenoiserBatch], generator: generator);
            var (plain, weighted) = Losses(latents.index_select(0, batch), Choose(captions, batch, generator), captions.Tokens, generator);

            _optimizer.ZeroGradients();
            weighted.backward();
            GradientClipping.Clip(_parameters.Parameters, maxNorm: 1);
            _optimizer.Step();
            _unetAverage.Update();
            _textAverage.Update();
            onStep(step + 1, plain.ToDouble());
        }

        _unetAverage.CopyToWeights();
        _textAverage.CopyToWeights();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _unetAverage.Dispose();
        _textAverage.Dispose();
        _lossWeights.Dispose();
    }

    // No caption for some, so that guidance has an unconditional model to lean on, and only the modality's name for others.
    private Tensor Choose(CaptionTable captions, Tensor batch, Generator generator)
    {
        var choice = rand([_config.DenoiserBatch], generator: generator);
        var named = where(choice.lt(_config.CaptionDropout + _config.ShortCaptions), captions.Short.index_select(0, batch), captions.Full.index_select(0, batch));
        return named.masked_fill(choice.lt(_config.CaptionDropout), 0);
    }

    // Warm-up, constant, then a linear fall to 5 % over the second half.
    private double Rate(int step)
    {
        var warmup = Math.Min(1, (step + 1.0) / WarmupSteps);
        return warmup * (0.05 + (0.95 * Math.Min(1, 2 * (1 - ((double)step / _config.DenoiserSteps)))));
    }

    private static double LossWeight(double snr) => Math.Min(Math.Min(snr + 1, 5) / snr, 20);

    private (Tensor Plain, Tensor Weighted) Losses(Tensor latents, Tensor captions, Tensor tokens, Generator generator)
    {
        // Only the different captions are encoded: 16 samples share about as many texts as there are modalities.
        var (unique, inverse, _) = captions.unique(return_inverse: true);
        var context = _textEncoder.Forward(tokens.index_select(0, unique)).index_select(0, inverse!);

        var noise = randn(latents.shape, generator: generator);
        var timesteps = randint(_schedule.Count, [latents.shape[0]], generator: generator);
        var predicted = _unet.Forward(_schedule.AddNoise(latents, noise, timesteps), timesteps, context);
        var perSample = (predicted - noise).square().mean([1, 2, 3]);
        return (perSample.mean(), (perSample * _lossWeights.index_select(0, timesteps)).mean());
    }
}
