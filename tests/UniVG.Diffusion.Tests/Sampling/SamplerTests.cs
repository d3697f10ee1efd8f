using TorchSharp;
using UniVG.Diffusion.Runtime;
using UniVG.Diffusion.Sampling;
using UniVG.Diffusion.Schedules;
using UniVG.TestSupport;

namespace UniVG.Diffusion.Tests.Sampling;

public class SamplerTests
{
    static SamplerTests() => TorchRuntime.EnsureLoaded();

    // Computed in float64 from the papers' formulas with the toy model ε(x, t) = 0.3 x + 0.0004 (t − 500).
    public static TheoryData<string, double[], double[]> Trajectories => new()
    {
        { "ddim", [801, 601, 401, 201, 1], [1.613597, 2.241209, 2.662922, 2.706309, 2.700032] },
        { "euler", [999, 749.25, 499.5, 249.75, 0], [9.361944, 7.466204, 6.381330, 5.401130, 5.359722] },
        { "euler_a", [999, 749.25, 499.5, 249.75, 0], [9.854917, 7.830400, 6.516781, 5.486871, 5.444714] },
        { "dpmpp_2m", [999, 799, 599, 400, 200], [1.907229, 3.112323, 4.224315, 4.887585, 4.860237] },
        { "dpmpp_2m_karras", [999, 786, 427, 59, 0], [1.988642, 4.196082, 4.839149, 4.381665, 4.351022] },
        { "unipc", [999, 799, 599, 400, 200], [1.907229, 3.054977, 4.102376, 4.753412, 4.728698] },
    };

    [Theory]
    [MemberData(nameof(Trajectories))]
    public void Every_step_follows_the_formula(string name, double[] timesteps, double[] trajectory)
    {
        using var scope = torch.NewDisposeScope();
        var steps = new List<(double Timestep, double Value)>();
        var draws = new Queue<double>([1, 0.5, 0.5, 0.5, 0.5]);
        var run = new SamplerRun(
            NoiseSchedule.StableDiffusion, 5, (x, t) => (0.3 * x) + (0.0004 * (t - 500)),
            () => torch.tensor([draws.Dequeue()], torch.ScalarType.Float64), s => steps.Add((s.Timestep, s.Latents.item<double>())));

        var result = KnownSamplers.Find(name).Sample(run);

        Assert.Equal(timesteps, steps.Select(s => s.Timestep), (a, b) => Math.Abs(a - b) < 1e-3);
        Assert.Equal(trajectory, steps.Select(s => s.Value), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal(trajectory[^1], result.item<double>(), 1e-5);
    }

    [Theory]
    [InlineData("ddim", "ddim", "sd")]
    [InlineData("ddim", "ddim_univg", "univg")]
    [InlineData("euler", "euler", "sd")]
    [InlineData("euler_karras", "euler_karras", "sd")]
    [InlineData("dpmpp_2m", "dpmpp_2m", "sd")]
    [InlineData("dpmpp_2m_karras", "dpmpp_2m_karras", "sd")]
    public void Latents_of_a_guided_model_equal_the_reference(string sampler, string name, string schedule)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        using var golden = Goldens.Open("sampling");
        using var tiny = new TinyStableDiffusion();
        using var unet = tiny.UNet();
        var (expected, timesteps) = (golden[name + ".latents"], golden[name + ".timesteps"].to(torch.ScalarType.Float64));
        var context = torch.cat([golden["uncond"], golden["cond"]]);
        var guidance = golden["guidance_scale"].item<float>();
        var run = new SamplerRun(
            schedule == "sd" ? NoiseSchedule.StableDiffusion : NoiseSchedule.UniVG,
            steps: 10,
            (x, t) =>
            {
                var both = unet.Forward(torch.cat([x, x]), torch.tensor([(float)t, (float)t]), context).chunk(2);
                return both[0] + (guidance * (both[1] - both[0]));
            },
            () => golden["noise"].clone(),
            s =>
            {
                Assert.Equal(timesteps[s.Index - 1].item<double>(), s.Timestep, 1e-2);
                TensorAssert.Close(expected[s.Index].unsqueeze(0), s.Latents, TensorAssert.Sampling, $"{name} step {s.Index}");
            });

        var result = KnownSamplers.Find(sampler).Sample(run);

        TensorAssert.Close(expected[10].unsqueeze(0), result, TensorAssert.Sampling, name);
    }

    [Theory]
    [InlineData("euler")]
    [InlineData("euler_karras")]
    [InlineData("dpmpp_2m")]
    [InlineData("dpmpp_2m_karras")]
    public void Noise_levels_equal_the_reference(string name)
    {
        using var scope = torch.NewDisposeScope();
        using var golden = Goldens.Open("sampling");
        var sequence = name switch
        {
            "euler" => SigmaSequence.Even(NoiseSchedule.StableDiffusion, 10),
            "dpmpp_2m" => SigmaSequence.EvenWhole(NoiseSchedule.StableDiffusion, 10),
            _ => SigmaSequence.Karras(NoiseSchedule.StableDiffusion, 10, wholeTimesteps: name == "dpmpp_2m_karras"),
        };

        TensorAssert.Close(golden[name + ".sigmas"], torch.tensor((double[])[.. sequence.Sigmas]), 1e-6, name + " sigmas");
    }

    public static TheoryData<string> Names => [.. KnownSamplers.All.Select(s => s.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_perfect_model_leads_back_to_the_image_in_any_number_of_steps(string name)
    {
        using var scope = torch.NewDisposeScope();
        var image = torch.tensor([0.3, -1.2, 2.0], torch.ScalarType.Float64);
        var schedule = NoiseSchedule.StableDiffusion;
        foreach (var steps in new[] { 1, 2, 3, 7, 20, 999 })
        {
            // DDIM's spacing visits only the lowest level in a single step.
            if (name == "ddim" && steps == 1) continue;
            var generator = new torch.Generator(1);
            var run = new SamplerRun(
                schedule, steps, (x, t) => PerfectNoise(schedule, image, x, t), () => torch.randn(3, torch.ScalarType.Float64, generator: generator));

            var result = KnownSamplers.Find(name).Sample(run);

            // DDIM stops at the noise of timestep 0, and fractional timesteps cost the Euler samplers a little.
            Assert.True((result - image).abs().max().item<double>() < 0.15, $"{steps} steps: {(result - image).abs().max().item<double>()}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Cancelling_stops_before_the_next_step_and_leaves_no_tensors(string name)
    {
        using var cancellation = new CancellationTokenSource();
        var calls = 0;
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        var run = new SamplerRun(
            NoiseSchedule.StableDiffusion, 10, (x, t) => x * 0.1, () => torch.ones(2),
            s =>
            {
                calls++;
                if (s.Index == 3) cancellation.Cancel();
            },
            cancellation.Token);

        Assert.Throws<OperationCanceledException>(() => KnownSamplers.Find(name).Sample(run));

        Assert.Equal(3, calls);
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Theory]
    [InlineData("Euler A", "euler_a")]
    [InlineData("DPM++ 2M Karras", "dpmpp_2m_karras")]
    [InlineData("k_euler_a", "euler_a")]
    public void Samplers_are_found_by_the_names_of_other_tools(string name, string expected) =>
        Assert.Equal(expected, KnownSamplers.Find(name).Name);

    [Fact]
    public void An_unknown_sampler_is_answered_with_the_nearest_and_all_names()
    {
        var e = Assert.Throws<UniVGException>(() => KnownSamplers.Find("dpm_2m"));

        Assert.Contains("did you mean 'dpmpp_2m'", e.Message, StringComparison.Ordinal);
        Assert.All(KnownSamplers.All, s => Assert.Contains(s.Name, e.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public void Refuses_an_impossible_number_of_steps(int steps) =>
        Assert.Throws<UniVGException>(() => new SamplerRun(NoiseSchedule.StableDiffusion, steps, (x, t) => x, () => torch.ones(1)));

    private static torch.Tensor PerfectNoise(NoiseSchedule schedule, torch.Tensor image, torch.Tensor x, double t)
    {
        var (below, part) = ((int)t, t - (int)t);
        var above = Math.Min(below + 1, schedule.Count - 1);
        var sigma = schedule.Sigma(below) + (part * (schedule.Sigma(above) - schedule.Sigma(below)));
        var alpha = 1 / ((sigma * sigma) + 1);
        return (x - (Math.Sqrt(alpha) * image)) / Math.Sqrt(1 - alpha);
    }
}
