using TorchSharp;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Model;
using UniVG.Diffusion.Runtime;
using UniVG.Diffusion.Weights;
using UniVG.TestSupport;
using F = TorchSharp.torch.nn.functional;

namespace UniVG.Diffusion.Tests.Model;

public class UNetTests
{
    static UNetTests() => TorchRuntime.EnsureLoaded();

    private static UNetConfig Small { get; } = new()
    {
        BlockOutChannels = [16, 32, 32], AttentionHeads = [2, 2, 4], CrossAttentionDim = 24, NormGroups = 8,
        DownAttention = [false, true, false], UpAttention = [false, true, false],
    };

    [Fact]
    public void Prediction_equals_the_reference()
    {
        using var scope = torch.NewDisposeScope();
        using var golden = Goldens.Open("unet_tiny");
        using var tiny = new TinyStableDiffusion();
        using var unet = tiny.UNet();
        using var noGrad = torch.no_grad();

        var prediction = unet.Forward(golden["x"], golden["t"], golden["context"]);

        TensorAssert.Close(golden["out"], prediction, TensorAssert.Outputs, "unet_tiny out");
    }

    [Fact]
    public void A_text_of_fewer_rows_serves_each_to_as_many_samples_and_may_be_kept()
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        using var model = ModelLoader.Load(ModelLoader.TinyName);
        var unet = model.Pipeline.UNet;
        var (latents, timesteps) = (torch.randn(4, 4, 8, 8), torch.tensor((long[])[1, 20, 300, 999]));
        var rows = torch.randn(2, 5, unet.Config.CrossAttentionDim);
        var expected = unet.Forward(latents, timesteps, torch.cat([rows[..1], rows[..1], rows[1..], rows[1..]]));

        var shared = unet.Forward(latents, timesteps, rows);
        torch.Tensor kept, other;
        using (new KeptText(unet, rows))
        {
            kept = unet.Forward(latents, timesteps, rows);
            other = unet.Forward(latents, timesteps, torch.zeros_like(rows));
        }

        TensorAssert.Close(expected, shared, 1e-6);
        TensorAssert.Close(expected, kept, 1e-6);
        TensorAssert.Close(expected, other, 1e-6); // what was kept counts
        Assert.False(torch.allclose(expected, unet.Forward(latents, timesteps, torch.zeros_like(rows)), atol: 1e-3));
    }

    [Theory]
    [InlineData(1, 2, false)]
    [InlineData(3, 2, false)]
    [InlineData(2, 3, false)]
    [InlineData(2, 2, true)]
    public void Several_texts_for_the_same_samples_give_what_repeated_samples_give(int batch, int texts, bool isCheckpointing)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        using var model = ModelLoader.Load(ModelLoader.TinyName);
        var unet = model.Pipeline.UNet;
        unet.IsCheckpointing = isCheckpointing;
        var (latents, timestep) = (torch.randn(batch, 4, 8, 8), torch.tensor((long[])[300]));
        var rows = torch.randn(texts, 5, unet.Config.CrossAttentionDim);

        var expected = unet.Forward(latents.repeat(texts, 1, 1, 1), timestep.expand(batch * texts), rows);

        TensorAssert.Close(expected, unet.Forward(latents, timestep, rows, texts), 1e-5);
    }

    [Fact]
    public void Several_texts_and_several_timesteps_are_refused()
    {
        using var scope = torch.NewDisposeScope();
        using var model = ModelLoader.Load(ModelLoader.TinyName);
        var unet = model.Pipeline.UNet;
        var rows = torch.randn(2, 5, unet.Config.CrossAttentionDim);

        var failure = Assert.Throws<ArgumentException>(() => unet.Forward(torch.randn(2, 4, 8, 8), torch.tensor((long[])[1, 2]), rows, texts: 2));
        Assert.Contains("one timestep", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_file_gives_the_model_of_the_reference()
    {
        using var scope = torch.NewDisposeScope();
        using var golden = Goldens.Open("unet_tiny");
        using var checkpoint = CheckpointReader.Open(Goldens.Path("sd_tiny.safetensors"), new CheckpointOptions { UNetHeads = 4 });
        using var unet = new UNet(UNetConfig.FromJson(checkpoint.UNet.ConfigJson), checkpoint.UNet.Weights(TestDevice.Device));
        using var noGrad = torch.no_grad();

        TensorAssert.Close(golden["out"], unet.Forward(golden["x"], golden["t"], golden["context"]), TensorAssert.Outputs, "unet_tiny out");
    }

    [Fact]
    public void Gradients_equal_the_reference()
    {
        using var scope = torch.NewDisposeScope();
        using var golden = Goldens.Open("unet_tiny_grad");
        using var tiny = new TinyStableDiffusion();
        using var unet = tiny.UNet();
        foreach (var weight in unet.Weights.Tensors.Values) weight.requires_grad = true;
        var x = golden["x"].clone().requires_grad_();
        var context = golden["context"].clone().requires_grad_();

        var prediction = unet.Forward(x, golden["t"], context);
        var loss = F.mse_loss(prediction, golden["target"]);
        loss.backward();

        TensorAssert.Close(golden["out"], prediction, TensorAssert.Outputs, "unet_tiny_grad out");
        Assert.Equal(golden["loss"].item<float>(), loss.item<float>(), 1e-6f);
        TensorAssert.Close(golden["grad.x"], x.grad!, TensorAssert.Gradients, "grad.x");
        TensorAssert.Close(golden["grad.context"], context.grad!, TensorAssert.Gradients, "grad.context");
        AssertWeightGradients(golden, unet);
    }

    [Fact]
    public void Has_the_parameters_of_stable_diffusion()
    {
        using var unet = new UNet(UNetConfig.StableDiffusion15, new ShapeOnlyWeights());

        Assert.Equal(859_520_964, unet.Weights.ParameterCount);
    }

    [Fact]
    public void Names_and_shapes_are_those_of_diffusers()
    {
        using var unet = new UNet(UNetConfig.StableDiffusion15, new ShapeOnlyWeights());

        KeyMapAssert.SameNamesAndShapes("unet", unet.Weights);
    }

    [Fact]
    public void Layers_come_in_the_order_of_kohyas_adapters()
    {
        using var unet = new UNet(UNetConfig.StableDiffusion15, new ShapeOnlyWeights());

        var order = KeyMapAssert.AdapterModules("lora_unet_");
        Assert.Equal(order, unet.Weights.Layers.Select(l => l.Path).Where(order.Contains));
    }

    [Theory]
    [InlineData(40, 56)]
    [InlineData(5, 9)]
    [InlineData(1, 1)]
    public void Takes_latents_of_any_size(int height, int width)
    {
        using var scope = torch.NewDisposeScope();
        using var unet = new UNet(Small, new RandomWeights(seed: 1));
        using var noGrad = torch.no_grad();

        var prediction = unet.Forward(torch.randn(2, 4, height, width), torch.tensor([1L, 999L]), torch.randn(2, 7, 24));

        Assert.Equal([2, 4, height, width], prediction.shape);
    }

    [Theory]
    [InlineData(40, 56)]
    [InlineData(9, 5)]
    public void A_batch_of_an_odd_size_is_predicted_as_its_pictures_one_by_one(int height, int width)
    {
        using var scope = torch.NewDisposeScope();
        using var tiny = new TinyStableDiffusion();
        using var unet = tiny.UNet();
        using var noGrad = torch.no_grad();
        using var generator = new torch.Generator(1);
        var x = torch.randn(3, 4, height, width, generator: generator).to(TestDevice.Device);
        var t = torch.tensor([0L, 500L, 999L], device: TestDevice.Device);
        var context = torch.randn(3, 77, 64, generator: generator).to(TestDevice.Device);

        var together = unet.Forward(x, t, context);
        var alone = Enumerable.Range(0, 3).Select(i => unet.Forward(x.narrow(0, i, 1), t.narrow(0, i, 1), context.narrow(0, i, 1)));

        // Rounding alone: another batch size may take another kernel.
        TensorAssert.Close(torch.cat([.. alone]), together, 1e-4, "batch");
    }

    [Fact]
    public void Predicts_zero_before_training_and_passes_gradients_to_every_weight_behind_the_zeros()
    {
        using var scope = torch.NewDisposeScope();
        using var unet = new UNet(Small, new RandomWeights(seed: 1, trainable: true));
        var x = torch.randn(2, 4, 8, 8);

        var prediction = unet.Forward(x, torch.tensor([1L, 999L]), torch.randn(2, 7, 24));
        F.mse_loss(prediction, x).backward();

        Assert.Equal(0, prediction.abs().max().item<float>());
        Assert.True(unet.Weights.Tensors["conv_out.weight"].grad!.abs().max().item<float>() > 0);
        Assert.All(unet.Weights.Tensors, w => Assert.NotNull(w.Value.grad));
    }

    [Fact]
    public void Leaves_nothing_but_its_prediction_behind()
    {
        using var unet = new UNet(Small, new RandomWeights(seed: 1));
        using var x = torch.randn(1, 4, 8, 8);
        using var t = torch.tensor([500L]);
        using var context = torch.randn(1, 7, 24);
        using var noGrad = torch.no_grad();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        using var prediction = unet.Forward(x, t, context);

        Assert.Equal(before + 1, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Computes_in_the_type_of_its_weights_and_answers_in_the_type_of_the_latents()
    {
        using var scope = torch.NewDisposeScope();
        using var unet = new UNet(Small, new RandomWeights(seed: 1, dtype: torch.ScalarType.BFloat16));
        using var noGrad = torch.no_grad();

        var prediction = unet.Forward(torch.randn(1, 4, 8, 8), torch.tensor([500L]), torch.randn(1, 7, 24));

        Assert.Equal(torch.ScalarType.Float32, prediction.dtype);
    }

    [Fact]
    public void Timestep_sinusoid_equals_the_reference()
    {
        using var scope = torch.NewDisposeScope();
        using var golden = Goldens.Open("schedules");

        var sinusoid = TimestepEmbedding.Sinusoid(torch.tensor([0L, 1L, 10L, 999L]), 320);

        TensorAssert.Close(golden["timestep_embedding.320.t0_1_10_999"], sinusoid, 2e-4, "timestep embedding");
    }

    private static void AssertWeightGradients(GoldenFile golden, UNet unet)
    {
        const string prefix = "grad.";
        var references = golden.Tensors.Where(t => t.Key.StartsWith(prefix + "model", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(references);
        var scale = references.Max(r => r.Value.square().mean().sqrt().item<float>());
        foreach (var (key, expected) in references)
        {
            var name = TinyStableDiffusion.UNetKeys.ToDiffusers(key[prefix.Length..])!;
            var actual = unet.Weights.Tensors[name].grad!;
            var difference = (actual - expected).abs().max().item<float>();

            // A weight that feeds a norm with one channel a group has gradient zero but for rounding: compare with all gradients then.
            var rms = Math.Max(expected.square().mean().sqrt().item<float>(), 1e-3 * scale);
            Assert.True(difference <= TensorAssert.Gradients * rms, $"{name}: {difference / rms:g3} of rms");
        }
    }
}
