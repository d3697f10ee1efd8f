using UniVG.Diffusion;
using UniVG.Diffusion.Model;
using UniVG.Diffusion.Runtime;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Loha;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Adapters.Targets;
using UniVG.Finetuning.Tests.Adapters;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.Cost;
using UniVG.TestSupport;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Tests.Training.Cost;

/// <summary>The counted memory of a step against what malloc has handed out between the passes, and at SD 1.5's size against such counts made once.</summary>
public sealed class StepMemoryTests
{
    private const double MiB = 1 << 20;

    [Theory]
    [InlineData("lora", 2)]
    [InlineData("lora", 8)]
    [InlineData("loha", 1)]
    [InlineData("lokr", 2)]
    public void What_the_embedded_model_keeps_for_the_backward_pass_is_what_malloc_has_handed_out(string kind, int batch)
    {
        var (counted, held) = CountAndHold(KnownAdapters.Of(kind).Defaults(), new TrainingConfig { BatchSize = batch });

        Assert.InRange(counted.KeptBytes / held, 0.8, 1.25);
    }

    [Fact]
    public void With_checkpointing_less_is_held_and_the_count_has_one_block_more()
    {
        var plain = CountAndHold(new LoraConfig(), new TrainingConfig { BatchSize = 8 });
        var checkpointing = CountAndHold(new LoraConfig(), new TrainingConfig { BatchSize = 8, GradientCheckpointing = true });

        Assert.True(checkpointing.Held < plain.Held / 2);
        Assert.InRange(checkpointing.Counted.KeptBytes, checkpointing.Held, plain.Counted.KeptBytes / 2);
    }

    [Theory]
    [InlineData(32, 2, 980)]
    [InlineData(64, 1, 1876)]
    public void At_the_size_of_SD15_LoRA_keeps_what_was_counted_with_libtorch_on_a_CPU(int side, int batch, double mebibytes) =>
        Assert.InRange(OfStableDiffusion15(new LoraConfig(), new TrainingConfig { BatchSize = batch }, side).KeptBytes / MiB, 0.9 * mebibytes, 1.1 * mebibytes);

    [Fact]
    public void Memory_grows_with_batch_pixels_and_dim()
    {
        var one = OfStableDiffusion15(new LoraConfig(), new TrainingConfig { BatchSize = 1 }, 64);
        var two = OfStableDiffusion15(new LoraConfig(), new TrainingConfig { BatchSize = 2 }, 64);
        var large = OfStableDiffusion15(new LoraConfig(), new TrainingConfig { BatchSize = 1 }, 128);
        var wide = OfStableDiffusion15(new LoraConfig { Dim = 128, ConvDim = 128 }, new TrainingConfig { BatchSize = 1 }, 64);

        Assert.Equal(2.0, (double)two.KeptBytes / one.KeptBytes, 3);
        Assert.InRange((double)large.KeptBytes / one.KeptBytes, 3.8, 4.01);
        Assert.InRange((double)wide.KeptBytes / one.KeptBytes, 1.05, 1.3);
        Assert.Equal(4 * one.GradientBytes, wide.GradientBytes);
    }

    [Fact]
    public void LoHA_makes_weights_of_its_layers_sizes_that_LoRA_does_not()
    {
        var config = new TrainingConfig { BatchSize = 1 };
        var (lora, loha) = (OfStableDiffusion15(new LoraConfig(), config, 64), OfStableDiffusion15(new LohaConfig(), config, 64));

        Assert.True(loha.WorkingBytes > lora.WorkingBytes);
        Assert.True(loha.KeptBytes < lora.KeptBytes);
    }

    [Fact]
    public void A_LoHA_of_low_dim_keeps_two_factors_of_rank_dim_squared_and_nothing_of_the_weights_size()
    {
        if (!GlibcHeap.IsThere || TestDevice.Name != "cpu") Assert.Skip("Only glibc tells how much malloc has handed out, and a GPU's memory is not from there.");
        const int Dim = 8, Rows = 512, Positions = 3000;
        using var layer = new SingleLayer(Rows, 4096);
        using var generator = new Generator(1);
        using var adapter = new LohaAdapter(new AdapterTarget("x", layer.Layer, Dim, Dim), generator);
        using var scope = NewDisposeScope();
        using var x = randn(Positions, 4096).requires_grad_();
        _ = Held();

        var counted = adapter.MemoryOf(Positions);
        var held = Held();

        Assert.InRange(counted.KeptBytes / held, 0.8, 1.25);
        Assert.Equal(Dim * Dim * (Rows + 4096), adapter.BranchElements);
        Assert.True(counted.WorkingBytes < layer.Layer.Weight.numel() * sizeof(float));

        double Held()
        {
            var before = GlibcHeap.BytesInUse();
            using var output = Adapted();
            return GlibcHeap.BytesInUse() - before - (output.numel() * sizeof(float));
        }

        Tensor Adapted()
        {
            using var pause = FinalizerPause.Begin();
            using var inner = NewDisposeScope();
            return adapter.Adapt(layer.Layer, x, zeros(Positions, Rows)).MoveToOuterDisposeScope();
        }
    }

    private static StepMemory OfStableDiffusion15(AdapterConfig adapter, TrainingConfig config, int side)
    {
        using var unet = new UNet(UNetConfig.StableDiffusion15, new ShapeOnlyWeights());
        using var text = new ClipTextEncoder(ClipTextConfig.StableDiffusion15, new ShapeOnlyWeights());
        using var network = AdapterNetwork.Create(adapter, unet.Weights.Layers, text.Weights.Layers, seed: 1);
        return StepMemory.Of(unet, text, network, side, side, config);
    }

    private static (StepMemory Counted, double Held) CountAndHold(AdapterConfig adapter, TrainingConfig config)
    {
        if (!GlibcHeap.IsThere || TestDevice.Name != "cpu") Assert.Skip("Only glibc tells how much malloc has handed out, and a GPU's memory is not from there.");
        using var loaded = ModelLoader.Load(ModelLoader.TinyName, new ModelOptions { Device = "cpu" });
        var model = loaded.Pipeline;
        using var network = AdapterNetwork.Attach(adapter, model.UNet.Weights.Layers, model.TextEncoder.Weights.Layers, seed: 1);
        model.UNet.IsCheckpointing = model.TextEncoder.IsCheckpointing = config.GradientCheckpointing;
        string[] captions = [.. Enumerable.Range(0, config.BatchSize).Select(i => $"vessels {i}")];

        // Twice, because libtorch keeps a few things that it made the first time.
        _ = Hold();
        var side = model.UNet.Config.SampleSize;
        return (StepMemory.Of(model.UNet, model.TextEncoder, network, side, side, config), Hold());

        double Hold()
        {
            var before = GlibcHeap.BytesInUse();
            using var graph = Forward(model, captions);
            return GlibcHeap.BytesInUse() - before;
        }
    }

    private static Tensor Forward(StableDiffusion model, string[] captions)
    {
        using var pause = FinalizerPause.Begin();
        using var scope = NewDisposeScope();
        var side = model.UNet.Config.SampleSize;
        var latents = randn(captions.Length, model.UNet.Config.InChannels, side, side);
        var timesteps = full([captions.Length], 500, ScalarType.Int64);
        return model.UNet.Forward(latents, timesteps, model.EncodePrompts(captions)).square().mean().MoveToOuterDisposeScope();
    }
}
