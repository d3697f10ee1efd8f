using TorchSharp;
using UniVG.Diffusion.Images;
using UniVG.Diffusion.Model;
using UniVG.Diffusion.Runtime;
using UniVG.Diffusion.Sampling;
using UniVG.Diffusion.Schedules;
using UniVG.Diffusion.Text;
using UniVG.Diffusion.Weights;
using UniVG.TestSupport;

namespace UniVG.Diffusion.Tests;

public class StableDiffusionTests
{
    static StableDiffusionTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void The_way_from_tokens_to_a_picture_equals_the_reference()
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        using var golden = Goldens.Open("sampling");
        using var tiny = new TinyStableDiffusion();
        var ids = golden["e2e.input_ids_uncond_cond"].data<long>().ToArray();
        var tokenizer = new TableTokenizer(77, text => text == "uncond" ? ids[..77] : ids[77..]);
        using var model = new StableDiffusion(tokenizer, tiny.TextEncoder(), tiny.UNet(), tiny.Vae(), NoiseSchedule.StableDiffusion);

        var context = model.EncodePrompts(["uncond", "cond"], (int)golden["e2e.clip_skip"].item<long>());
        var guided = new GuidedUNet(model.UNet, context, golden["guidance_scale"].item<float>());
        var run = new SamplerRun(model.Schedule, 10, guided.PredictNoise, () => golden["noise"].clone());
        var latents = KnownSamplers.Ddim.Sample(run);
        var image = model.Vae.Decode(latents / model.ScalingFactor);

        TensorAssert.Close(golden["e2e.context_uncond_cond"], context, TensorAssert.Outputs, "e2e context");
        TensorAssert.Close(golden["e2e.latents"].narrow(0, 10, 1), latents, TensorAssert.Sampling, "e2e latents");
        TensorAssert.Close(golden["e2e.image_clamped"], image.clamp(-1, 1), TensorAssert.Sampling, "e2e image");
    }

    [Fact]
    public void A_seed_gives_the_same_picture_alone_and_in_a_batch()
    {
        using var model = Small();
        var request = new ImageRequest { Prompt = "vessels", Steps = 3, Seed = 7, Sampler = "euler_a", Count = 3, BatchSize = 2 };

        var batch = Draw(model, request);
        var alone = Draw(model, request with { Seed = 9, Count = 1 });

        Assert.Equal(3, batch.Count);
        Assert.All(alone[0].Pixels.Zip(batch[2].Pixels), p => Assert.InRange(p.First - p.Second, -1, 1));
        Assert.NotEqual(batch[0].Pixels, batch[1].Pixels);
        Assert.Equal((32, 32), (alone[0].Width, alone[0].Height));
    }

    [Fact]
    public void Prompt_guidance_and_size_change_the_picture()
    {
        using var model = Small();
        var request = new ImageRequest { Prompt = "vessels", Steps = 2, Width = 40, Height = 24 };

        var pictures = new[]
        {
            request, request with { Prompt = "leaves" }, request with { GuidanceScale = 1 }, request with { NegativePrompt = "leaves" },
        }.Select(r => Draw(model, r)[0]).ToList();

        Assert.Equal((40, 24), (pictures[0].Width, pictures[0].Height));
        Assert.Equal(4, pictures.Select(p => Convert.ToHexString(p.Pixels)).Distinct().Count());
    }

    [Fact]
    public void Without_guidance_the_negative_prompt_does_not_matter()
    {
        using var model = Small();
        var request = new ImageRequest { Prompt = "vessels", Steps = 2, GuidanceScale = 1 };

        Assert.Equal(Draw(model, request)[0].Pixels, Draw(model, request with { NegativePrompt = "leaves" })[0].Pixels);
    }

    [Fact]
    public void Steps_are_reported_over_the_whole_request()
    {
        using var model = Small();
        var steps = new List<(int, int)>();

        model.Generate(new ImageRequest { Prompt = "", Steps = 2, Count = 3, BatchSize = 2 }, s => steps.Add((s.Index, s.Count)), TestContext.Current.CancellationToken);

        Assert.Equal([(1, 4), (2, 4), (3, 4), (4, 4)], steps);
    }

    [Fact]
    public void Cancelling_stops_between_steps_and_leaves_no_tensors()
    {
        using var model = Small();
        using var cancellation = new CancellationTokenSource();
        Draw(model, new ImageRequest { Prompt = "", Steps = 1 });
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        Assert.Throws<OperationCanceledException>(() =>
            model.Generate(new ImageRequest { Prompt = "", Steps = 5 }, _ => cancellation.Cancel(), cancellation.Token));

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Equal_prompts_share_their_states_and_gradients_reach_the_text_encoder()
    {
        using var scope = torch.NewDisposeScope();
        using var model = Small(trainable: true);

        var states = model.EncodePrompts(["b", "a", "b"]);
        states.square().mean().backward();

        Assert.Equal([3, 8, 16], states.shape);
        Assert.Equal(states[0].data<float>().ToArray(), states[2].data<float>().ToArray());
        Assert.Equal(states[1].detach().data<float>().ToArray(), model.EncodePrompt("a").detach()[0].data<float>().ToArray());
        Assert.All(model.TextEncoder.Weights.Tensors.Values, w => Assert.NotNull(w.grad));
    }

    [Fact]
    public void A_long_prompt_is_heard_to_its_end_in_more_chunks()
    {
        using var scope = torch.NewDisposeScope();
        using var model = Small();

        Assert.Equal([2, 14, 16], model.EncodePrompts(["vessels and leaves", "vessels"], chunks: 2).shape);
        Assert.True(torch.allclose(model.EncodePrompt("vessels and more"), model.EncodePrompt("vessels and less")));
        Assert.False(torch.allclose(model.EncodePrompt("vessels and more", chunks: 3), model.EncodePrompt("vessels and less", chunks: 3)));
    }

    [Fact]
    public void Pictures_become_scaled_latents_drawn_from_the_vae()
    {
        using var scope = torch.NewDisposeScope();
        using var model = Small();
        var image = new RgbImage(16, 8, [.. Enumerable.Range(0, 16 * 8 * 3).Select(i => (byte)i)]);

        var mean = model.EncodeImages([image, image]);
        var drawn = model.EncodeImages([image, image], new torch.Generator(3));
        var (unscaled, _) = model.Vae.EncodeMoments(ImageTensors.FromImages([image]));

        Assert.Equal([2, 4, 2, 4], mean.shape);
        Assert.True(torch.allclose(mean.narrow(0, 0, 1), unscaled * 0.5, atol: 1e-6));
        Assert.False(torch.allclose(drawn[0], drawn[1], atol: 1e-3));
        Assert.Equal(2, model.DecodeLatents(mean, TestContext.Current.CancellationToken).Count);
    }

    public static TheoryData<ImageRequest, string> Impossible => new()
    {
        { new ImageRequest { Prompt = "", Width = 33 }, "like 32 or 36" },
        { new ImageRequest { Prompt = "", Height = 0 }, "multiple of 4" },
        { new ImageRequest { Prompt = "", Steps = 0 }, "0 steps" },
        { new ImageRequest { Prompt = "", Count = 0 }, "0 pictures" },
        { new ImageRequest { Prompt = "", GuidanceScale = double.NaN }, "guidance scale NaN" },
        { new ImageRequest { Prompt = "", Sampler = "magic" }, "no sampler 'magic'" },
        { new ImageRequest { Prompt = "", ClipSkip = 9 }, "Clip skip 9" },
        { new ImageRequest { Prompt = "", PromptChunks = 0 }, "0 chunks" },
    };

    [Theory]
    [MemberData(nameof(Impossible), DisableDiscoveryEnumeration = true)]
    public void Impossible_requests_are_refused_with_the_reason(ImageRequest request, string reason)
    {
        using var model = Small();

        var e = Assert.Throws<UniVGException>(() => Draw(model, request));

        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_that_do_not_fit_are_refused()
    {
        var source = new RandomWeights(seed: 1);
        using var text = new ClipTextEncoder(TextConfig, source);
        using var unet = new UNet(UNetConfig with { InChannels = 9 }, source);
        using var vae = new AutoencoderKL(VaeConfig, source);

        var e = Assert.Throws<UniVGException>(() => new StableDiffusion(Tokenizer, text, unet, vae, NoiseSchedule.StableDiffusion));

        Assert.Contains("9 channels", e.Message, StringComparison.Ordinal);
    }

    private static ClipTextConfig TextConfig { get; } = new()
    {
        VocabSize = 256, HiddenSize = 16, IntermediateSize = 32, Layers = 2, Heads = 2, MaxPositions = 8,
    };

    private static UNetConfig UNetConfig { get; } = new()
    {
        BlockOutChannels = [8, 16], AttentionHeads = [2, 2], CrossAttentionDim = 16, NormGroups = 4, LayersPerBlock = 1, SampleSize = 8,
        DownAttention = [true, false], UpAttention = [false, true],
    };

    private static AutoencoderKLConfig VaeConfig { get; } = new()
    {
        BlockOutChannels = [8, 8, 8], NormGroups = 4, LayersPerBlock = 1, ScalingFactor = 0.5,
    };

    private static TableTokenizer Tokenizer { get; } = new(8, text => [.. text.PadRight(8)[..8].Select(c => (long)c)]);

    private static IReadOnlyList<RgbImage> Draw(StableDiffusion model, ImageRequest request) =>
        model.Generate(request, cancellation: TestContext.Current.CancellationToken);

    // The zero layers of an untrained UNet would hide the prompt.
    private static StableDiffusion Small(bool trainable = false)
    {
        var source = new NoZeros(new RandomWeights(seed: 1, trainable));
        return new StableDiffusion(
            Tokenizer, new ClipTextEncoder(TextConfig, source), new UNet(UNetConfig, source), new AutoencoderKL(VaeConfig, source),
            NoiseSchedule.StableDiffusion);
    }

    private sealed class NoZeros(RandomWeights random) : IWeightSource
    {
        public torch.Tensor Take(string name, ReadOnlySpan<long> shape, WeightInit init) =>
            random.Take(name, shape, init == WeightInit.Zeros ? WeightInit.Normal(0.1) : init);
    }

    private sealed class TableTokenizer(int maxLength, Func<string, long[]> encode) : ITokenizer
    {
        public int MaxLength => maxLength;

        public long[] Encode(string text) => encode(text);

        public long[][] EncodeChunks(string text, int chunks) => [.. Enumerable.Range(0, chunks).Select(i => encode(text[Math.Min(6 * i, text.Length)..]))];

        public long[] Tokenize(string text) => throw new NotSupportedException();
    }
}
