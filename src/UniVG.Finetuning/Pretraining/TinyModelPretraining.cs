using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Model;
using UniVG.Diffusion.Runtime;
using UniVG.Diffusion.Schedules;
using UniVG.Diffusion.Weights;
using UniVG.Finetuning.Synthesis;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Pretraining;

/// <summary>
/// Makes univg-tiny from nothing but a seed: draws vessels, learns a vocabulary from their captions, trains the VAE, then UNet and
/// text encoder, and writes a diffusers folder. Run by <c>univg pretrain-tiny</c>.
/// </summary>
/// <param name="config">Seed, sizes and steps.</param>
/// <param name="log">Receives one line of text at a time.</param>
public sealed class TinyModelPretraining(PretrainingConfig config, Action<string> log)
{
    private const int VocabularySize = 1024;
    private const int EncodingBatch = 64;
    private const int StepsPerLogLine = 100;
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>Trains the model and writes it.</summary>
    /// <param name="folder">The diffusers folder to write; created if needed, its files are replaced.</param>
    /// <param name="cancellationToken">Looked at before each step; a cancelled run leaves at most its finished VAE.</param>
    public void Run(string folder, CancellationToken cancellationToken)
    {
        TorchRuntime.EnsureLoaded();
        var images = PretrainingSet.Draw(config, cancellationToken);
        Log($"drew {images.Count} images");
        using var captions = new CaptionTable(images, VocabularySize);
        var vocabulary = captions.Vocabulary;
        Log($"learnt a vocabulary of {vocabulary.Ids.Count} tokens from {captions.Texts.Count} captions");

        using var vae = config.Vae is null ? TrainVae(images, cancellationToken) : LoadVae(config.Vae);
        using var latents = Encode(vae, images, out var scalingFactor);
        var vaeConfigJson = (vae.Config with { ScalingFactor = scalingFactor }).ToJson();
        DiffusersFolder.SaveVae(folder, vae.Weights.Tensors, vaeConfigJson);
        Log($"wrote the VAE; scaling factor {scalingFactor:F4}");

        using var unet = new UNet(TinyModelConfigs.UNet, new RandomWeights((ulong)config.Seed + 1, trainable: true));
        var textConfig = TinyModelConfigs.TextEncoder(vocabulary.Ids.Count);
        using var textEncoder = new ClipTextEncoder(textConfig, new RandomWeights((ulong)config.Seed + 2, trainable: true));
        Log($"UNet: {unet.Weights.ParameterCount:N0} parameters, text encoder: {textEncoder.Weights.ParameterCount:N0}");
        using (var trainer = new DenoiserTrainer(unet, textEncoder, NoiseSchedule.StableDiffusion, config))
        {
            trainer.Train(latents, captions, Progress("UNet", config.DenoiserSteps), cancellationToken);
        }

        var (vocabularyJson, merges) = vocabulary.ToTexts();
        DiffusersFolder.Save(folder, new ModelContents
        {
            UNet = unet.Weights.Tensors,
            UNetConfigJson = unet.Config.ToJson(),
            Vae = vae.Weights.Tensors,
            VaeConfigJson = vaeConfigJson,
            TextEncoder = textEncoder.Weights.Tensors,
            TextEncoderConfigJson = textConfig.ToJson(),
            SchedulerConfigJson = NoiseSchedule.StableDiffusion.ToJson(),
            VocabularyJson = vocabularyJson,
            Merges = merges,
        });
        Log($"wrote {folder}");
        Report(folder, cancellationToken);
    }

    // Measured on the files as they will be shipped.
    private void Report(string folder, CancellationToken cancellationToken)
    {
        using var model = ModelLoader.Load(folder, new ModelOptions { Device = "cpu" });
        foreach (var modality in KnownModalities.All)
        {
            var figures = TinyModelEvaluation.Measure(model, modality, config.EvaluatedImages, cancellationToken);
            Log($"{modality.Name}: PSNR {figures.Psnr:F1} dB, on vessels {figures.VesselPsnr:F1} dB{ColorError(figures)}");
        }

        var clock = Stopwatch.StartNew();
        model.Pipeline.Generate(
            new ImageRequest { Prompt = KnownModalities.Pretraining[0].Name, Count = config.EvaluatedImages, GuidanceScale = model.SuggestedGuidance },
            cancellation: cancellationToken);
        Log($"{config.EvaluatedImages} samples of 20 steps: {clock.Elapsed.TotalSeconds:F1} s");
    }

    private static string ColorError(TinyModelFigures figures) => figures.ColorError is { } error
        ? string.Create(CultureInfo.InvariantCulture, $", mean colour of samples off by {error:F1}/255")
        : "";

    private AutoencoderKL TrainVae(PretrainingSet images, CancellationToken cancellationToken)
    {
        var vae = new AutoencoderKL(TinyModelConfigs.Vae, new RandomWeights((ulong)config.Seed, trainable: true));
        Log($"VAE: {vae.Weights.ParameterCount:N0} parameters");
        using var trainer = new VaeTrainer(vae, config);
        trainer.Train(images, Progress("VAE", config.VaeSteps), cancellationToken);

        // Rounded as the file will hold it, so that the UNet learns the latents of the VAE that is shipped.
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var weight in vae.Weights.Tensors.Values) weight.copy_(weight.to(ScalarType.Float16));
        return vae;
    }

    private AutoencoderKL LoadVae(string folder)
    {
        var part = VaeFile.Open(folder);
        using var file = part.File;
        var weights = part.Weights();
        var vae = new AutoencoderKL(AutoencoderKLConfig.FromJson(part.ConfigJson), weights);
        weights.Report.ThrowIfIncomplete();
        Log($"took the VAE of {folder}");
        return vae;
    }

    // The scaling factor brings the latents to unit variance, as the noise schedule expects.
    private static Tensor Encode(AutoencoderKL vae, PretrainingSet images, out double scalingFactor)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var means = Enumerable.Range(0, images.Count).Chunk(EncodingBatch).Select(batch => vae.EncodeMoments(images.Images(batch)).Mean).ToArray();
        var latents = cat(means);
        scalingFactor = 1 / latents.std().ToDouble();
        return latents.mul(scalingFactor).DetachFromDisposeScope();
    }

    private Action<int, double> Progress(string part, int steps)
    {
        var sum = 0.0;
        return (step, loss) =>
        {
            if (!double.IsFinite(loss)) throw new UniVGException($"The loss of the {part} is no longer a number in step {step}; nothing was written.");
            sum += loss;
            if (step % StepsPerLogLine != 0) return;
            Log($"{part} step {step}/{steps} loss {sum / StepsPerLogLine:F4}");
            sum = 0;

            // Native scalars are freed by the collector only; without this the resident set creeps up.
            GC.Collect();
        };
    }

    private void Log(FormattableString line) =>
        log($"{_clock.Elapsed.TotalSeconds.ToString("F0", CultureInfo.InvariantCulture),6} s  {line.ToString(CultureInfo.InvariantCulture)}");
}
