using UniVG.Diffusion.Schedules;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.Noise;
using UniVG.TestSupport;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Tests.Training.Noise;

public class NoiseGoldenTests
{
    [Theory]
    [InlineData("noise_offset.out_0.1", 0.1, null)]
    [InlineData("noise_offset.out_0.05_adaptive_0.2", 0.05, 0.2)]
    public void Offset_noise_is_the_reference_s(string name, double strength, double? adaptive)
    {
        using var scope = NewDisposeScope();
        using var goldens = Goldens.Open("schedules");
        var noise = OffsetNoise.Add(goldens["noise_offset.noise"], goldens["noise_offset.latents"], goldens["noise_offset.randn"], strength, adaptive);
        TensorAssert.Close(goldens[name], noise, 1e-6);
    }

    [Fact]
    public void Pyramid_noise_has_unit_variance_and_neighbours_that_resemble_each_other()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var white = randn([2, 4, 32, 32], generator: generator);
        var noise = PyramidNoise.Add(white, iterations: 8, discount: 0.8, generator, new Random(1));

        Assert.Equal(1, noise.std().item<float>(), 4);
        Assert.InRange(Neighbours(white), -0.1, 0.1);
        Assert.True(Neighbours(noise) > 0.15, $"{Neighbours(noise)}");
    }

    [Fact]
    public void One_octave_is_as_fine_as_the_noise()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        using var same = new Generator(3);
        var sum = zeros(1, 1, 6, 6) + randn([1, 1, 6, 6], generator: same);
        TensorAssert.Close(sum / sum.std(), PyramidNoise.Add(zeros(1, 1, 6, 6), 1, 0.3, generator, new Random(1)), 1e-6);
    }

    [Fact]
    public void Timesteps_stay_in_their_range_and_perturbation_leaves_the_target_alone()
    {
        using var scope = NewDisposeScope();
        var clean = zeros(64, 4, 2, 2);
        var plain = Draw(new TrainingConfig { MinTimestep = 300, MaxTimestep = 310 }, clean);
        var perturbed = Draw(new TrainingConfig { MinTimestep = 300, MaxTimestep = 310, IpNoiseGamma = 0.5 }, clean);

        Assert.Equal(300, plain.Timesteps.min().item<long>());
        Assert.Equal(309, plain.Timesteps.max().item<long>());
        Assert.True(plain.Noise.equal(perturbed.Noise).all().item<bool>());

        // ε + ½ξ has a variance of 1.25.
        Assert.Null(plain.Perturbed);
        Assert.Equal(1.25, perturbed.Perturbed!.var().item<float>() / plain.Noise.var().item<float>(), 0.1);
    }

    [Fact]
    public void Random_strength_is_weaker_than_the_full_one()
    {
        using var scope = NewDisposeScope();
        var clean = zeros(8, 4, 2, 2);
        var white = Draw(new TrainingConfig(), clean).Noise;
        var full = Draw(new TrainingConfig { NoiseOffset = 1 }, clean).Noise - white;
        var random = Draw(new TrainingConfig { NoiseOffset = 1, NoiseOffsetRandomStrength = true }, clean).Noise - white;
        var ratio = random / full;
        Assert.InRange(ratio.mean().item<float>(), 0.01, 0.99);
        Assert.True(ratio.std().item<float>() < 1e-4);
    }

    private static DrawnNoise Draw(TrainingConfig config, Tensor clean)
    {
        using var generator = new Generator(5);
        return new TrainingNoise(config).Draw(clean, NoiseSchedule.StableDiffusion.Count, generator, new Random(7));
    }

    private static double Neighbours(Tensor x) => (x.narrow(3, 1, 31) * x.narrow(3, 0, 31)).mean().item<float>();
}
