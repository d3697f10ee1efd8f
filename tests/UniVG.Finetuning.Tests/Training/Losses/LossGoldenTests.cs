using UniVG.Diffusion.Schedules;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.Losses;
using UniVG.TestSupport;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Tests.Training.Losses;

public class LossGoldenTests
{
    public static TheoryData<string, TrainingConfig> Weights => new()
    {
        { "min_snr_weight.gamma1", new TrainingConfig { MinSnrGamma = 1 } },
        { "min_snr_weight.gamma5", new TrainingConfig { MinSnrGamma = 5 } },
        { "min_snr_weight.gamma20", new TrainingConfig { MinSnrGamma = 20 } },
        { "min_snr_weight_v.gamma1", new TrainingConfig { MinSnrGamma = 1, VParameterization = true } },
        { "min_snr_weight_v.gamma5", new TrainingConfig { MinSnrGamma = 5, VParameterization = true } },
        { "min_snr_weight_v.gamma20", new TrainingConfig { MinSnrGamma = 20, VParameterization = true } },
        { "debiased_weight", new TrainingConfig { DebiasedEstimation = true } },
    };

    [Theory]
    [MemberData(nameof(Weights))]
    public void Weights_of_all_timesteps_are_the_reference_s(string name, TrainingConfig config)
    {
        using var goldens = Goldens.Open("schedules");
        foreach (var (prefix, schedule) in new[] { ("sd", NoiseSchedule.StableDiffusion), ("univg", NoiseSchedule.UniVG) })
        {
            using var scope = NewDisposeScope();
            using var loss = new DiffusionLoss(schedule, config, CPU);
            var (predicted, target) = (ones(schedule.Count, 1, 1, 1), zeros(schedule.Count, 1, 1, 1));
            var expected = goldens[$"{prefix}.{name}"];
            for (var t = 0; t < schedule.Count; t += 37)
            {
                var value = loss.Compute(predicted[^1..], target[^1..], tensor((long[])[t]));
                Assert.Equal(1, value.item<float>() / expected[t].item<float>(), 2e-5);
            }
        }
    }

    [Fact]
    public void Velocity_weights_follow_their_formulas()
    {
        Assert.Equal(0.528883, TimestepWeight.Of(new TrainingConfig { MinSnrGamma = 5, VParameterization = true }, 8.453894), 5);
        Assert.Equal(1 / 3.0, TimestepWeight.Of(new TrainingConfig { DebiasedEstimation = true, VParameterization = true }, 2), 12);
        Assert.Equal(2 / 3.0, TimestepWeight.Of(new TrainingConfig { ScaleVPredLossLikeNoisePred = true, VParameterization = true }, 2), 12);
        Assert.Equal(1 + (0.5 * 3 / 2), TimestepWeight.Of(new TrainingConfig { VPredLikeLoss = 0.5 }, 2), 12);
        Assert.Equal(1, TimestepWeight.MinSnr(0, 5, velocity: false));
    }

    [Theory]
    [InlineData("l2", "snr", 0.25)]
    [InlineData("l1", "snr", 0.5)]
    [InlineData("huber", "constant", 2 * 0.2 * 0.33851648071345037)]
    [InlineData("smooth_l1", "constant", 2 * 0.33851648071345037)]
    public void Error_of_a_half_is_what_the_formula_gives(string measure, string schedule, double expected)
    {
        // √(0.5² + 0.2²) − 0.2 = 0.3385…
        var config = new TrainingConfig { LossType = measure, HuberSchedule = schedule, HuberC = 0.1, HuberScale = 2 };
        using var scope = NewDisposeScope();
        using var loss = new DiffusionLoss(NoiseSchedule.StableDiffusion, config, CPU);
        var value = loss.Compute(full([1, 4, 2, 2], 0.5f), zeros(1, 4, 2, 2), tensor((long[])[500]));
        Assert.Equal(expected, value.item<float>(), 6);
    }

    [Theory]
    [InlineData("snr", 999, 0.1 + (0.9 / (15.614641 * 15.614641)))]
    [InlineData("snr", 0, 0.1 + (0.9 / (1.0291672 * 1.0291672)))]
    [InlineData("exponential", 500, 0.31622776601683794 * 3)]
    [InlineData("constant", 1, 0.1 * 3)]
    public void Huber_threshold_follows_its_schedule(string name, int timestep, double expected) =>
        Assert.Equal(expected, HuberThreshold.At(name, timestep, NoiseSchedule.StableDiffusion, 0.1, 3), 5);

    [Fact]
    public void Mask_and_weights_of_images_count_before_the_mean()
    {
        using var scope = NewDisposeScope();
        using var loss = new DiffusionLoss(NoiseSchedule.StableDiffusion, new TrainingConfig(), CPU);
        var mask = ones(2, 1, 2, 2);
        mask[0, 0, 0] = 0;
        var value = loss.Compute(ones(2, 4, 2, 2), zeros(2, 4, 2, 2), tensor((long[])[1, 2]), mask, tensor([1f, 0.25f]));
        Assert.Equal((0.5 + 0.25) / 2, value.item<float>(), 6);
    }
}
