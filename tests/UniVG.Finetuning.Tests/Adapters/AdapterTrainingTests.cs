using TorchSharp;
using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Schedules;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.Losses;
using UniVG.Finetuning.Training.Optimizers;
using UniVG.TestSupport;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Tests.Adapters;

/// <summary>Five training steps from a file's weights, against those of the reference.</summary>
public class AdapterTrainingTests
{
    private const int Steps = 5;

    [Theory]
    [InlineData("train_loha", "train_lora_trace")]
    [InlineData("train_loha_tucker", "train_lora_trace")]
    [InlineData("train_lora_full", "train_lora_full_trace")]
    public void Losses_and_weights_are_those_of_the_reference(string name, string dataName)
    {
        var full = name == "train_lora_full";
        using var scope = NewDisposeScope();
        using var data = Goldens.Open(dataName);
        using var trace = Goldens.Open(name + "_trace");
        using var tiny = new TinyStableDiffusion();
        using var unet = tiny.UNet();
        using var text = tiny.TextEncoder();
        using var network = AdapterFile.Load(Goldens.Path(name + "_init.safetensors"), unet.Weights.Layers, text.Weights.Layers);
        using var optimizer = new AdamW([Group("unet", network.UNet), Group("text", network.TextEncoder)]);
        using var loss = new DiffusionLoss(NoiseSchedule.StableDiffusion, new TrainingConfig { MinSnrGamma = full ? 5 : null }, TestDevice.Device);

        for (var step = 0; step < Steps; step++)
        {
            foreach (var group in optimizer.Groups)
                group.LearningRate = (group.Name == "unet" ? 1e-3 : 5e-4) * (full ? LearningRateSchedule.Factor("cosine", step, Steps, warmupSteps: 1) : 1);
            using var stepScope = NewDisposeScope();
            var noise = data["noise"][step];
            if (full) noise += data["noise_offset_randn"][step] * 0.1;
            var timesteps = data["timesteps"][step];
            var context = full ? text.Forward(data["input_ids"][step], clipSkip: 2) : data["context"][step];
            var noisy = NoiseSchedule.StableDiffusion.AddNoise(data["latents"][step], noise, timesteps);
            var value = loss.Compute(unet.Forward(noisy, timesteps, context), noise, timesteps);
            RecomputedBranch.Differentiate(value);
            var norm = GradientClipping.Clip(optimizer.Groups.SelectMany(g => g.Parameters), maxNorm: full ? 1 : 0);
            optimizer.Step();
            optimizer.ZeroGradients();

            Assert.Equal(trace["losses"][step].ToSingle(), value.ToSingle(), 2e-6f);
            Assert.Equal(1, norm / trace["grad_norms_before_clip"][step].ToSingle(), 1e-3);
            Assert.Equal(trace["lrs"][step][-1].ToDouble(), optimizer.Groups[0].LearningRate, 1e-9);
        }

        var noisyKeys = trace.Metadata["noisy_keys"].Split(',').ToHashSet();
        var final = network.NamedTensors().ToDictionary(t => t.Name, t => t.Tensor.detach());
        var recorded = trace.Tensors.Keys.Where(k => k.StartsWith("final.", StringComparison.Ordinal)).Select(k => k["final.".Length..]);
        var differences = recorded.Where(k => !noisyKeys.Contains(k)).ToDictionary(k => k, k => (final[k] - trace["final." + k]).flatten());
        Assert.NotEmpty(differences);
        var worst = differences.MaxBy(d => d.Value.abs().max().ToSingle());
        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant(
            $"{name}: final weights differ by at most {worst.Value.abs().max().ToSingle():g3} ({worst.Key})"));

        Assert.InRange(worst.Value.abs().max().ToSingle(), 0, 1e-4f);
        Assert.InRange(cat([.. differences.Values]).square().mean().sqrt().ToSingle(), 0, 2e-6f);
    }

    private static ParameterGroup Group(string name, IEnumerable<Adapter> adapters) =>
        new(name, [.. adapters.SelectMany(a => a.Parameters.Select(p => p.Tensor))], 1e-3);
}
