using UniVG.Benchmarks.Files;
using UniVG.Benchmarks.Measuring;
using UniVG.Benchmarks.PyTorch;
using UniVG.Diffusion.Model;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Loha;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Training.Optimizers;
using static TorchSharp.torch;

namespace UniVG.Benchmarks.Scenarios;

/// <summary>Every optimizer over an adapter of a full-size model, and the memory of its state; the model itself is shapes only.</summary>
internal sealed class OptimizerStep(AdapterConfig config) : IScenario
{
    private const double MiB = 1024 * 1024;

    public static OptimizerStep Lora { get; } = new(new LoraConfig());

    public static OptimizerStep Loha { get; } = new(new LohaConfig());

    public string Name => "optimizer-" + config.Kind;

    public string Summary => $"each optimizer over the {config.Kind} modules of SD 1.5 at the default sizes";

    public int Repetitions => 10;

    public void Run(ScenarioRun run)
    {
        var shapes = new ShapeRecorder();
        using var unet = new UNet(UNetConfig.StableDiffusion15, shapes);
        using var text = new ClipTextEncoder(ClipTextConfig.StableDiffusion15, shapes);
        using var adapter = AdapterNetwork.Attach(config, unet.Weights.Layers, text.Weights.Layers, seed: 1);
        Tensor[] parameters = [.. adapter.Adapters.SelectMany(a => a.Parameters.Select(p => p.Tensor))];
        foreach (var parameter in parameters) parameter.grad = full_like(parameter, 1e-3).detach();

        run.Note($"{adapter.Adapters.Count} modules, {parameters.Length} tensors, {adapter.ParameterCount} parameters");
        using var worker = PyTorchWorker.Start(run, "tasks.OptimizerStep", new { optimizer = "AdamW", shapes = parameters.Select(p => p.shape) });
        foreach (var method in KnownOptimizers.Methods)
        {
            using var optimizer = KnownOptimizers.Create(method.Name, [new ParameterGroup("adapter", parameters, 1e-4)], []);
            run.Alternate(new Variant($"{method.Name} step", () => Step(optimizer))
            {
                Worker = method == AdamW.Method ? worker : null, Turn = () => new { what = "step" },
            });
            run.Note(FormattableString.Invariant($"{method.Name} remembers {optimizer.StateTensors().Values.Sum(t => t.numel() * t.element_size()) / MiB:0} MiB"));
        }

        run.Alternate(new Variant("norm of all gradients, for clipping", () => GradientClipping.Clip(parameters, maxNorm: 0))
        {
            Worker = worker, Turn = () => new { what = "norm" },
        });
    }

    private static double Step(IOptimizer optimizer)
    {
        optimizer.Step();
        return 0;
    }
}
