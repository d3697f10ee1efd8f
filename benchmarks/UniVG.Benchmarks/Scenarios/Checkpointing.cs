using UniVG.Benchmarks.Measuring;
using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Model;
using UniVG.Diffusion.Runtime;
using UniVG.Diffusion.Weights;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Lora;
using static TorchSharp.torch;

namespace UniVG.Benchmarks.Scenarios;

/// <summary>
/// Forward and backward pass on a UNet of random weights between univg-tiny and SD 1.5, with or without gradient checkpointing: one
/// scenario each, as it is the peak of a process that tells them apart.
/// </summary>
internal sealed class Checkpointing(bool isOn) : IScenario
{
    private const int Batch = 2;
    private const int Side = 32;

    private static readonly UNetConfig Config = new()
    {
        BlockOutChannels = [96, 192, 384, 384], AttentionHeads = [8, 8, 8, 8], CrossAttentionDim = 256, SampleSize = Side,
    };

    public string Name => isOn ? "gradients-checkpointing" : "gradients-plain";

    public string Summary => $"gradients of a LoRA {(isOn ? "with" : "without")} gradient checkpointing, UNet of random weights, 256 pixels, batch 2";

    public int Repetitions => 3;

    public void Run(ScenarioRun run)
    {
        using var unet = new UNet(Config, new RandomWeights(seed: 1));
        using var lora = AdapterNetwork.Attach(new LoraConfig { Dim = 8, ConvDim = 8, TextEncoder = false }, unet.Weights.Layers, [], seed: 1);
        using var latents = randn(Batch, Config.InChannels, Side, Side);
        using var context = randn(Batch, 77, Config.CrossAttentionDim);
        using var timesteps = tensor((long[])[300, 700]);
        run.Note($"{unet.Weights.Tensors.Values.Sum(t => t.numel())} weights, channels {string.Join(", ", Config.BlockOutChannels)}, {lora.ParameterCount} trained parameters");
        unet.IsCheckpointing = isOn;
        run.Alternate(("forward and backward pass", Backward));

        void Backward()
        {
            using var pause = FinalizerPause.Begin();
            using var scope = NewDisposeScope();
            RecomputedBranch.Differentiate(unet.Forward(latents, timesteps, context).square().mean());
            foreach (var (_, parameter) in lora.Adapters.SelectMany(a => a.Parameters)) parameter.grad = null;
        }
    }
}
