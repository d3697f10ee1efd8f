using UniVG.Benchmarks.Files;
using UniVG.Benchmarks.Measuring;
using UniVG.Diffusion.Model;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Training.Optimizers;
using static TorchSharp.torch;

namespace UniVG.Benchmarks.Scenarios;

/// <summary>AdamW over the LoRA of a full-size model; the model itself is shapes only.</summary>
internal sealed class OptimizerStep : IScenario
{
    public string Name => "optimizer-step";

    public string Summary => "AdamW over the LoRA modules of SD 1.5 at the default sizes";

    public int Repetitions => 10;

    public void Run(ScenarioRun run)
    {
        var shapes = new ShapeRecorder();
        using var unet = new UNet(UNetConfig.StableDiffusion15, shapes);
        using var text = new ClipTextEncoder(ClipTextConfig.StableDiffusion15, shapes);
        using var lora = AdapterNetwork.Attach(new LoraConfig(), unet.Weights.Layers, text.Weights.Layers, seed: 1);
        Tensor[] parameters = [.. lora.Adapters.SelectMany(a => a.Parameters.Select(p => p.Tensor))];
        foreach (var parameter in parameters) parameter.grad = full_like(parameter, 1e-3).detach();

        using var optimizer = new AdamW([new ParameterGroup("lora", parameters, 1e-4)]);
        run.Note($"{lora.Adapters.Count} modules, {parameters.Length} tensors, {lora.ParameterCount} parameters");
        run.Alternate(
            ("AdamW step", optimizer.Step),
            ("norm of all gradients, for clipping", () => GradientClipping.Clip(parameters, maxNorm: 0)));
    }
}
