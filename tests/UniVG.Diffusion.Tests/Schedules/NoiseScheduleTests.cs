using TorchSharp;
using UniVG.Diffusion.Runtime;
using UniVG.Diffusion.Schedules;
using UniVG.TestSupport;

namespace UniVG.Diffusion.Tests.Schedules;

public class NoiseScheduleTests
{
    static NoiseScheduleTests() => TorchRuntime.EnsureLoaded();

    private static NoiseSchedule Schedule(string name) => name == "sd" ? NoiseSchedule.StableDiffusion : NoiseSchedule.UniVG;

    [Theory]
    [InlineData("sd")]
    [InlineData("univg")]
    public void Tables_equal_the_reference(string name)
    {
        using var scope = torch.NewDisposeScope();
        using var golden = Goldens.Open("schedules");
        var schedule = Schedule(name);

        TensorAssert.Close(golden[name + ".betas"], torch.tensor((float[])[.. schedule.Betas]), 1e-6, name + " betas");
        TensorAssert.Close(golden[name + ".alphas_cumprod"], torch.tensor((float[])[.. schedule.AlphasCumprod]), 1e-6, name + " alphas_cumprod");
        var snr = golden[name + ".all_snr"].data<float>().ToArray();
        Assert.All(Enumerable.Range(0, 1000), t => Assert.Equal(1, schedule.Snr(t) / snr[t], 1e-4));
    }

    [Theory]
    [InlineData("sd")]
    [InlineData("univg")]
    public void Noisy_latents_and_velocities_equal_the_reference(string name)
    {
        using var scope = torch.NewDisposeScope();
        using var golden = Goldens.Open("schedules");
        var (x0, noise, t) = (golden[name + ".add_noise.x0"], golden[name + ".add_noise.noise"], golden[name + ".add_noise.t"]);

        TensorAssert.Close(golden[name + ".add_noise.out"], Schedule(name).AddNoise(x0, noise, t), 1e-6, name + " add_noise");
        TensorAssert.Close(golden[name + ".velocity"], Schedule(name).Velocity(x0, noise, t), 1e-6, name + " velocity");
    }

    [Theory]
    [InlineData("sd")]
    [InlineData("univg")]
    public void Zero_terminal_snr_equals_the_reference(string name)
    {
        using var scope = torch.NewDisposeScope();
        using var golden = Goldens.Open("schedules");

        var stretched = Schedule(name).WithZeroTerminalSnr();

        TensorAssert.Close(
            golden[name + ".zero_terminal_snr.alphas_cumprod"], torch.tensor((float[])[.. stretched.AlphasCumprod]), 1e-5, name + " zero terminal snr");
        Assert.Equal(0, stretched.Snr(999));
        Assert.False(stretched.IsStableDiffusion);
    }

    [Theory]
    [InlineData(0, .0291672, 1175.4706)]
    [InlineData(500, 1.618279, .381850)]
    [InlineData(999, 14.614641, .004682)]
    public void Noise_levels_are_those_of_stable_diffusion(int t, double sigma, double snr)
    {
        Assert.Equal(1, NoiseSchedule.StableDiffusion.Sigma(t) / sigma, 2e-5);
        Assert.Equal(1, NoiseSchedule.StableDiffusion.Snr(t) / snr, 1e-4);
    }

    [Fact]
    public void Tables_of_a_checkpoint_are_recognised()
    {
        float[] betas = [.. NoiseSchedule.UniVG.Betas];
        float[] halves = [.. NoiseSchedule.StableDiffusion.AlphasCumprod.Select(a => (float)(Half)a)];

        Assert.Same(NoiseSchedule.UniVG, NoiseSchedule.FromBetas(betas));
        Assert.Same(NoiseSchedule.StableDiffusion, NoiseSchedule.ScaledLinear(0.00085, 0.012));
        Assert.Same(NoiseSchedule.StableDiffusion, NoiseSchedule.FromAlphasCumprod([.. NoiseSchedule.StableDiffusion.AlphasCumprod]));
        Assert.Same(NoiseSchedule.StableDiffusion, NoiseSchedule.FromAlphasCumprod(halves));
        Assert.Equal("custom", NoiseSchedule.FromBetas([.. betas.Select((b, i) => i == 500 ? 2 * b : b)]).Name);
        Assert.Throws<UniVGException>(() => NoiseSchedule.FromAlphasCumprod([.. halves.Reverse()]));
    }

    [Fact]
    public void Scheduler_configurations_survive_json()
    {
        var custom = NoiseSchedule.ScaledLinear(0.001, 0.02, 500);
        var irregular = NoiseSchedule.FromBetas([0.1f, 0.05f, 0.3f]);

        Assert.Same(NoiseSchedule.UniVG, NoiseSchedule.FromJson(NoiseSchedule.UniVG.ToJson()));
        Assert.Equal(custom.Betas, NoiseSchedule.FromJson(custom.ToJson()).Betas);
        Assert.Equal(irregular.Betas, NoiseSchedule.FromJson(irregular.ToJson()).Betas);
        Assert.Same(NoiseSchedule.StableDiffusion, NoiseSchedule.FromJson(
            """{"_class_name": "PNDMScheduler", "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "trained_betas": null}"""));
    }

    [Theory]
    [InlineData("""{"prediction_type": "v_prediction"}""", "prediction_type")]
    [InlineData("""{"beta_schedule": "squaredcos_cap_v2"}""", "beta_schedule")]
    [InlineData("""{"beta_start": 0.5, "beta_end": 0.1}""", "0.5 to 0.1")]
    public void A_schedule_that_cannot_be_computed_is_refused_with_the_reason(string json, string reason)
    {
        var e = Assert.Throws<UniVGException>(() => NoiseSchedule.FromJson(json));

        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }
}
