using UniVG.Diffusion.Schedules;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Training.Noise;

/// <summary>Draws noise and timesteps of a batch, in kohya's order, on the CPU, so that a seed means the same on every device.</summary>
/// <param name="schedule">How much noise a timestep has.</param>
/// <param name="config">What is added to the noise, and the range of timesteps.</param>
internal sealed class TrainingNoise(NoiseSchedule schedule, TrainingConfig config)
{
    /// <summary>Adds noise to clean latents (B, C, h, w).</summary>
    public NoisyLatents Add(Tensor clean, Generator generator, Random random)
    {
        var noise = Draw(clean, generator, random).to(clean.device);
        var last = Math.Min(config.MaxTimestep, schedule.Count);
        var timesteps = (randint(last - config.MinTimestep, [clean.shape[0]], generator: generator) + config.MinTimestep).to(clean.device);
        return new NoisyLatents(schedule.AddNoise(clean, Perturb(noise, generator, random), timesteps), noise, timesteps);
    }

    private Tensor Draw(Tensor clean, Generator generator, Random random)
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
    private Tensor Perturb(Tensor noise, Generator generator, Random random)
    {
        if (config.IpNoiseGamma is not { } gamma) return noise;
        var strength = gamma * (config.IpNoiseGammaRandomStrength ? random.NextDouble() : 1);
        return noise.add(randn(noise.shape, generator: generator).to(noise.device), alpha: strength);
    }
}
