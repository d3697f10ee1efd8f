using TorchSharp;
using UniVG.Diffusion.Schedules;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Tests.Adapters;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.Losses;
using UniVG.Finetuning.Training.Optimizers;
using UniVG.TestSupport;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Tests.Training;

public class TrainingGoldenTests
{
    [Fact]
    public void Five_steps_of_LoRA_give_the_losses_and_weights_of_the_reference()
    {
        using var scope = NewDisposeScope();
        using var init = Goldens.Open("train_lora_init");
        using var trace = Goldens.Open("train_lora_trace");
        using var tiny = new TinyStableDiffusion();
        using var unet = tiny.UNet();
        var config = new LoraConfig { Dim = 2, Alpha = 1, ConvDim = 0, TextEncoder = false };
        using var network = AdapterNetwork.Attach(config, unet.Weights.Layers, [], seed: 0);
        AdapterWeights.CopyFrom(network, init);
        using var optimizer = new AdamW([new ParameterGroup("unet", [.. network.Adapters.SelectMany(a => a.Parameters.Select(p => p.Tensor))], 1e-3)]);
        using var loss = new DiffusionLoss(NoiseSchedule.StableDiffusion, new TrainingConfig(), TestDevice.Device);

        for (var step = 0; step < 5; step++)
        {
            var (latents, noise, timesteps) = (trace["latents"][step], trace["noise"][step], trace["timesteps"][step]);
            var noisy = NoiseSchedule.StableDiffusion.AddNoise(latents, noise, timesteps);
            var value = loss.Compute(unet.Forward(noisy, timesteps, trace["context"][step]), noise, timesteps);
            value.backward();
            var norm = GradientClipping.Clip(optimizer.Groups[0].Parameters, maxNorm: 0);
            optimizer.Step();
            optimizer.ZeroGradients();

            Assert.Equal(trace["losses"].flatten()[step].ToSingle(), value.ToSingle(), 2e-6f);
            Assert.Equal(trace["grad_norms_before_clip"].flatten()[step].ToSingle(), (float)norm, 1e-4f);
        }

        var noisyKeys = trace.Metadata["noisy_keys"].Split(',').ToHashSet();
        // Adam turns the rounding of a gradient that should be zero into a whole step, so single elements may differ, few and little.
        var differences = cat([.. network.NamedTensors()
            .Where(t => t.Tensor.requires_grad && !noisyKeys.Contains(t.Name))
            .Select(t => (t.Tensor - trace["final." + t.Name]).flatten())]);
        Assert.True(differences.abs().max().ToSingle() <= 2e-4f);
        Assert.True(differences.square().mean().sqrt().ToSingle() <= 2e-6f);
    }
}
