using UniVG.Benchmarks.Files;
using UniVG.Benchmarks.Measuring;
using UniVG.Diffusion.Model;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Training.Optimizers;
using static TorchSharp.torch;

namespace UniVG.Benchmarks.Scenarios;

/// <summary>Every optimizer over the LoRA of a full-size model, and the memory of its state; the model itself is shapes only.</summary>
internal sealed class OptimizerStep : IScenario
{
    private const double MiB = 1024 * 1024;

    public string Name => "optimizer-step";

    public string Summary => "each optimizer over the LoRA modules of SD 1.5 at the default sizes";

    public int Repetitions => 10;

    public void Run(ScenarioRun run)
    {
        var shapes = new ShapeRecorder();
        using var unet = new UNet(UNetConfig.StableDiffusion15, shapes);
        using var text = new ClipTextEncoder(ClipTextConfig.StableDiffusion15, shapes);
        using var lora = AdapterNetwork.Attach(new LoraConfig(), unet.Weights.Layers, text.Weights.Layers, seed: 1);
        Tensor[] parameters = [.. lora.Adapters.SelectMany(a => a.Parameters.Select(p => p.Tensor))];
        foreach (var parameter in parameters) parameter.grad = full_like(parameter, 1e-3).detach();

        run.Note($"{lora.Adapters.Count} modules, {parameters.Length} tensors, {lora.ParameterCount} parameters");
        foreach (var method in KnownOptimizers.Methods)
        {
            using var optimizer = KnownOptimizers.Create(method.Name, [new ParameterGroup("lora", parameters, 1e-4)], []);
            run.Alternate(($"{method.Name} step", optimizer.Step));
            run.Note(FormattableString.Invariant($"{method.Name} remembers {optimizer.StateTensors().Values.Sum(t => t.numel() * t.element_size()) / MiB:0} MiB"));
        }

        run.Alternate(("norm of all gradients, for clipping", () => GradientClipping.Clip(parameters, maxNorm: 0)));
    }
}
