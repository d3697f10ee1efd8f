using UniVG.Diffusion.Images;
using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Model;
using UniVG.Diffusion.Runtime;
using UniVG.Diffusion.Sampling;
using UniVG.Diffusion.Schedules;
using UniVG.Diffusion.Text;
using static TorchSharp.torch;

namespace UniVG.Diffusion;

/// <summary>
/// A whole Stable Diffusion 1.x model: tokenizer, text encoder, UNet, VAE and noise schedule. Draws pictures, and translates
/// prompts and pictures into what the UNet works on. Not for use by two threads at a time.
/// </summary>
public sealed class StableDiffusion : IDisposable
{
    private const int MaxSide = 8192;

    /// <summary>Bundles the parts and takes ownership of the three models.</summary>
    /// <exception cref="UniVGException">The parts do not fit together.</exception>
    public StableDiffusion(ITokenizer tokenizer, ClipTextEncoder textEncoder, UNet unet, AutoencoderKL vae, NoiseSchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(textEncoder);
        ArgumentNullException.ThrowIfNull(unet);
        ArgumentNullException.ThrowIfNull(vae);
        ArgumentNullException.ThrowIfNull(schedule);
        if (unet.Config.InChannels != vae.Config.LatentChannels)
        {
            throw new UniVGException(
                $"The UNet takes {unet.Config.InChannels} channels but the VAE makes {vae.Config.LatentChannels}; " +
                "inpainting and other special models are not supported, use a text-to-image model.");
        }

        if (unet.Config.CrossAttentionDim != textEncoder.Config.HiddenSize)
        {
            throw new UniVGException(
                $"The UNet attends to text states of {unet.Config.CrossAttentionDim} features but the text encoder makes " +
                $"{textEncoder.Config.HiddenSize}; use parts of the same model family.");
        }

        Tokenizer = tokenizer;
        TextEncoder = textEncoder;
        UNet = unet;
        Vae = vae;
        Schedule = schedule;
    }

    /// <summary>Prompts to token ids.</summary>
    public ITokenizer Tokenizer { get; }

    /// <summary>Token ids to text states.</summary>
    public ClipTextEncoder TextEncoder { get; }

    /// <summary>The denoiser.</summary>
    public UNet UNet { get; }

    /// <summary>Pictures to latents and back.</summary>
    public AutoencoderKL Vae { get; }

    /// <summary>The noise that the UNet was trained to remove.</summary>
    public NoiseSchedule Schedule { get; }

    /// <summary>Whether the models were disposed; nothing can be computed then.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>What encoded latents are multiplied by before the UNet sees them.</summary>
    public double ScalingFactor => Vae.Config.ScalingFactor;

    /// <summary>Where the UNet computes.</summary>
    public Device Device => DeviceOf(UNet.Weights);

    /// <summary>The size in pixels that the model was made for.</summary>
    public int DefaultSize => UNet.Config.SampleSize * Vae.Config.PixelsPerLatent;

    /// <summary>Draws pictures.</summary>
    /// <param name="request">What to draw.</param>
    /// <param name="onStep">Called after every sampler step, counted over the whole request.</param>
    /// <param name="cancellation">Observed before every sampler step and every picture that is decoded.</param>
    /// <returns><see cref="ImageRequest.Count"/> pictures; number i is that of seed <see cref="ImageRequest.Seed"/> + i.</returns>
    /// <exception cref="UniVGException">The request is impossible with this model.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<RgbImage> Generate(
        ImageRequest request, Action<SamplerStep>? onStep = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Validate();
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var sampler = KnownSamplers.Find(request.Sampler);
        long[] shape = [Vae.Config.LatentChannels, InLatents("height", request.Height), InLatents("width", request.Width)];
        using var fused = new FusedWeights();
        fused.Add(TextEncoder.Weights.Layers.Concat(UNet.Weights.Layers));
        string[] prompts = request.GuidanceScale == 1 ? [request.Prompt] : [request.NegativePrompt, request.Prompt];
        var context = EncodePrompts(prompts, request.ClipSkip, request.PromptChunks).to(Device);
        using var kept = new KeptText(UNet, context);
        var model = new GuidedUNet(UNet, context, request.GuidanceScale);

        var images = new List<RgbImage>(request.Count);
        var batches = (request.Count + request.BatchSize - 1) / request.BatchSize;
        for (var batch = 0; batch < batches; batch++)
        {
            using var pause = FinalizerPause.Begin();
            using var batchScope = NewDisposeScope();
            var done = batch * request.Steps;
            using var noise = new SeededNoise(request.Seed + images.Count, Math.Min(request.BatchSize, request.Count - images.Count), shape, Device);
            var run = new SamplerRun(
                Schedule, request.Steps, model.PredictNoise, noise.Draw,
                step => onStep?.Invoke(step with { Index = done + step.Index, Count = batches * request.Steps }), cancellation);
            images.AddRange(DecodeLatents(sampler.Sample(run), cancellation));
        }

        return images;
    }

    /// <summary>Encodes one prompt, as <see cref="EncodePrompts"/>.</summary>
    public Tensor EncodePrompt(string prompt, int clipSkip = 1, int chunks = 1) => EncodePrompts([prompt], clipSkip, chunks);

    /// <summary>Encodes prompts, equal ones once; gradients flow to the text encoder and its adapters.</summary>
    /// <param name="prompts">At least one.</param>
    /// <param name="clipSkip">The layer, as in <see cref="ClipTextEncoder.Forward"/>.</param>
    /// <param name="chunks">
    /// 1, 2 or 3 chunks of 75 tokens (<see cref="ClipTextEncoder.ForwardChunks"/>), whatever a prompt's length; tokens beyond are cut.
    /// </param>
    /// <returns>
    /// Text states (prompts, 75 · <paramref name="chunks"/> + 2, features) on the text encoder's device and in its type; owned by the caller.
    /// </returns>
    /// <exception cref="UniVGException">The text encoder has no such layer.</exception>
    public Tensor EncodePrompts(IReadOnlyList<string> prompts, int clipSkip = 1, int chunks = 1)
    {
        using var scope = NewDisposeScope();
        var (ids, rows) = Tokenize(prompts, chunks);
        var device = DeviceOf(TextEncoder.Weights);
        return EncodeTokens(new PromptTokens(ids.to(device), rows?.to(device)), clipSkip).MoveToOuterDisposeScope();
    }

    /// <summary>Prompts as tokens, on the CPU; arguments as in <see cref="EncodePrompts"/>.</summary>
    /// <exception cref="UniVGException">The tokenizer is not the text encoder's.</exception>
    public PromptTokens Tokenize(IReadOnlyList<string> prompts, int chunks = 1)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentOutOfRangeException.ThrowIfZero(prompts.Count);
        string[] unique = [.. prompts.Distinct()];
        long[] tokens = [.. unique.SelectMany(prompt => Tokenizer.EncodeChunks(prompt, chunks)).SelectMany(row => row)];
        if (tokens.Max() >= TextEncoder.Config.VocabSize)
        {
            throw new UniVGException(
                $"The tokenizer gives token {tokens.Max()}, but the text encoder knows {TextEncoder.Config.VocabSize}; load the model with its own --tokenizer.");
        }

        var ids = tensor(tokens, [unique.Length, chunks, Tokenizer.MaxLength]);
        return new PromptTokens(
            ids, unique.Length == prompts.Count ? null : tensor((long[])[.. prompts.Select(p => (long)Array.IndexOf(unique, p))]));
    }

    /// <summary>Encodes tokens on the text encoder's device, as <see cref="EncodePrompts"/>.</summary>
    public Tensor EncodeTokens(PromptTokens tokens, int clipSkip = 1)
    {
        using var pause = FinalizerPause.Begin();
        using var scope = NewDisposeScope();
        var states = TextEncoder.ForwardChunks(tokens.Ids, clipSkip);
        return (tokens.Rows is null ? states : states.index_select(0, tokens.Rows)).MoveToOuterDisposeScope();
    }

    /// <summary>Encodes pictures of one size, as <see cref="EncodeImages(Tensor, Generator?)"/>.</summary>
    public Tensor EncodeImages(IReadOnlyList<RgbImage> images, Generator? generator = null)
    {
        using var scope = NewDisposeScope();
        return EncodeImages(ImageTensors.FromImages(images), generator).MoveToOuterDisposeScope();
    }

    /// <summary>Encodes pictures to the latents that the UNet works on.</summary>
    /// <param name="images">(B, 3, H, W) in [−1, 1], H and W multiples of the VAE's 8.</param>
    /// <param name="generator">A CPU generator to draw from the latents' distribution, as in training; null takes the mean.</param>
    /// <returns>Scaled latents (B, channels, H/8, W/8), float32, on the VAE's device; owned by the caller.</returns>
    /// <exception cref="UniVGException">The size is not a multiple of what the VAE needs.</exception>
    public Tensor EncodeImages(Tensor images, Generator? generator = null)
    {
        using var scope = NewDisposeScope();
        return (DrawLatents(images, generator) * ScalingFactor).MoveToOuterDisposeScope();
    }

    /// <summary>Encodes pictures as <see cref="EncodeImages(Tensor, Generator?)"/>, without the scaling: what kohya's trainer caches.</summary>
    public Tensor DrawLatents(Tensor images, Generator? generator = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        InLatents("height", (int)images.shape[2]);
        InLatents("width", (int)images.shape[3]);
        using var pause = FinalizerPause.Begin();
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var (mean, logVariance) = Vae.EncodeMoments(images.to(ScalarType.Float32).to(DeviceOf(Vae.Weights)));
        var latents = mean;
        if (generator is not null) latents = mean + (exp(logVariance / 2) * randn(mean.shape, generator: generator).to(mean.device));
        return latents.to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>Decodes scaled latents (B, channels, h, w) to pictures, one at a time to save memory.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled before a picture.</exception>
    public IReadOnlyList<RgbImage> DecodeLatents(Tensor latents, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(latents);
        using var noGrad = no_grad();
        var images = new List<RgbImage>();
        for (var i = 0; i < latents.shape[0]; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var one = latents.narrow(0, i, 1).to(ScalarType.Float32).to(DeviceOf(Vae.Weights));
            images.AddRange(ImageTensors.ToImages(Vae.Decode(one / ScalingFactor)));
        }

        return images;
    }

    /// <summary>Disposes the three models.</summary>
    public void Dispose()
    {
        if (IsDisposed) return;
        IsDisposed = true;
        TextEncoder.Dispose();
        UNet.Dispose();
        Vae.Dispose();
        NativeHeap.GiveBack();
    }

    private long InLatents(string side, int? pixels)
    {
        var (size, unit) = (pixels ?? DefaultSize, Vae.Config.PixelsPerLatent);
        if (size > MaxSide) throw new UniVGException($"A {side} of {size} pixels is too large; at most {MaxSide} can be drawn or encoded.");
        if (size >= unit && size % unit == 0) return size / unit;
        var below = Math.Max(size / unit, 1) * unit;
        throw new UniVGException($"A {side} of {size} pixels is impossible with this model; use a multiple of {unit}, like {below} or {below + unit}.");
    }

    private static Device DeviceOf(Weights.ModelWeights weights) => weights.Tensors.Values.First().device;
}
