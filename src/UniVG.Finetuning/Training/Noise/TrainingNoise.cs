using static TorchSharp.torch;

namespace UniVG.Finetuning.Training.Noise;

/// <summary>Draws noise and timesteps of a batch, in kohya's order, on the CPU, so that a seed means the same on every device.</summary>
/// <param name="config">What is added to the noise, and the range of timesteps.</param>
internal sealed class TrainingNoise(TrainingConfig config)
{
    /// <summary>Draws what is added to clean latents (B, C, h, w).</summary>
    /// <param name="clean">The latents, on any device.</param>
    /// <param name="timesteps">How many timesteps the schedule has.</param>
    /// <param name="generator">Draws.</param>
    /// <param name="random">Draws what is no tensor.</param>
    public DrawnNoise Draw(Tensor clean, int timesteps, Generator generator, Random random)
    {
        var noise = Plain(clean, generator, random);
        var last = Math.Min(config.MaxTimestep, timesteps);
        var drawn = randint(last - config.MinTimestep, [clean.shape[0]], generator: generator) + config.MinTimestep;
        return new DrawnNoise(noise, Perturb(noise, generator, random), drawn);
    }

    private Tensor Plain(Tensor clean, Generator generator, Random random)
    {
        var noise = randn(clean.shape, generator: generator);
        if (config.NoiseOffset > 0)
        {
            var strength = config.NoiseOffset * (config.NoiseOffsetRandomStrength ? random.NextDouble() : 1);
            noise = OffsetNoise.Add(noise, clean.cpu(), randn([clean.shape[0], clean.shape[1], 1, 1], generator: generator), strength, config.AdaptiveNoiseScale);
        }

        return config.MultiresNoiseIterations is { } iterations
            ? PyramidNoise.Add(noise, iterations, config.MultiresNoiseDiscount, generator, random)
            : noise;
    }

    // Input perturbation (Ning et al. 2023): the model sees more noise than it is asked for.
    private Tensor? Perturb(Tensor noise, Generator generator, Random random)
    {
        if (config.IpNoiseGamma is not { } gamma) return null;
        var strength = gamma * (config.IpNoiseGammaRandomStrength ? random.NextDouble() : 1);
        return noise.add(randn(noise.shape, generator: generator), alpha: strength);
    }
}
