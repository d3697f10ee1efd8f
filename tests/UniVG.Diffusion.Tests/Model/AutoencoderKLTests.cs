using TorchSharp;
using UniVG.Diffusion.Model;
using UniVG.Diffusion.Runtime;
using UniVG.Diffusion.Weights;
using UniVG.TestSupport;

namespace UniVG.Diffusion.Tests.Model;

public class AutoencoderKLTests
{
    static AutoencoderKLTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void Moments_equal_the_reference()
    {
        using var scope = torch.NewDisposeScope();
        using var golden = Goldens.Open("vae_tiny");
        using var tiny = new TinyStableDiffusion();
        using var vae = tiny.Vae();
        using var noGrad = torch.no_grad();

        var (mean, logVariance) = vae.EncodeMoments(golden["image"]);

        TensorAssert.Close(golden["moments"], torch.cat([mean, logVariance], 1), TensorAssert.Outputs, "vae_tiny moments");
        TensorAssert.Close(golden["std"], torch.exp(logVariance * 0.5), TensorAssert.Outputs, "vae_tiny std");
    }

    [Fact]
    public void Decoded_images_equal_the_reference()
    {
        using var scope = torch.NewDisposeScope();
        using var golden = Goldens.Open("vae_tiny");
        using var tiny = new TinyStableDiffusion();
        using var vae = tiny.Vae();
        using var noGrad = torch.no_grad();

        TensorAssert.Close(golden["decoded_z"], vae.Decode(golden["z"]), TensorAssert.Outputs, "vae_tiny decoded_z");
        TensorAssert.Close(golden["decoded"], vae.Decode(golden["latents_scaled"] / vae.Config.ScalingFactor), TensorAssert.Outputs, "vae_tiny decoded");
    }

    [Fact]
    public void A_batch_of_an_odd_size_is_coded_as_its_pictures_one_by_one()
    {
        using var scope = torch.NewDisposeScope();
        using var tiny = new TinyStableDiffusion();
        using var vae = tiny.Vae();
        using var noGrad = torch.no_grad();
        using var generator = new torch.Generator(1);
        var images = (torch.rand([2, 3, 40, 56], generator: generator) * 2) - 1;

        var (latents, _) = vae.EncodeMoments(images);
        var decoded = vae.Decode(latents);

        Assert.Equal([2, 4, 5, 7], latents.shape);
        Assert.Equal([2, 3, 40, 56], decoded.shape);
        for (var i = 0; i < 2; i++)
        {
            var (alone, _) = vae.EncodeMoments(images.narrow(0, i, 1));
            // Rounding alone: another batch size may take another kernel.
            TensorAssert.Close(alone, latents.narrow(0, i, 1), 1e-4, "encoded batch");
            TensorAssert.Close(vae.Decode(latents.narrow(0, i, 1)), decoded.narrow(0, i, 1), 1e-4, "decoded batch");
        }
    }

    [Fact]
    public void Has_the_parameters_names_and_shapes_of_stable_diffusion()
    {
        using var vae = new AutoencoderKL(AutoencoderKLConfig.StableDiffusion15, new ShapeOnlyWeights());

        Assert.Equal(83_653_863, vae.Weights.ParameterCount);
        KeyMapAssert.SameNamesAndShapes("vae", vae.Weights);
    }

    [Fact]
    public void Three_levels_make_latents_of_a_quarter_of_the_size()
    {
        using var scope = torch.NewDisposeScope();
        var config = new AutoencoderKLConfig { BlockOutChannels = [8, 16, 16], LayersPerBlock = 1, NormGroups = 8 };
        using var vae = new AutoencoderKL(config, new RandomWeights(seed: 1, trainable: true));

        var (mean, logVariance) = vae.EncodeMoments(torch.rand(2, 3, 16, 24));
        var image = vae.Decode(mean);
        (image.square().mean() + logVariance.mean()).backward();

        Assert.Equal(4, config.PixelsPerLatent);
        Assert.Equal([2, 4, 4, 6], mean.shape);
        Assert.Equal([2, 3, 16, 24], image.shape);
        Assert.All(vae.Weights.Tensors, w => Assert.NotNull(w.Value.grad));
    }

    [Fact]
    public void Leaves_nothing_but_its_results_behind()
    {
        using var vae = new AutoencoderKL(new() { BlockOutChannels = [8, 16], NormGroups = 8 }, new RandomWeights(seed: 1));
        using var image = torch.rand(1, 3, 8, 8);
        using var noGrad = torch.no_grad();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        var (mean, logVariance) = vae.EncodeMoments(image);
        using var decoded = vae.Decode(mean);

        Assert.Equal(before + 3, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        mean.Dispose();
        logVariance.Dispose();
    }
}
