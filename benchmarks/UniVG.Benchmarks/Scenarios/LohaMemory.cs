using UniVG.Benchmarks.Files;
using UniVG.Benchmarks.Measuring;
using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Model;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Loha;
using static TorchSharp.torch;

namespace UniVG.Benchmarks.Scenarios;

/// <summary>
/// What the LoHA branches of a full-size UNet keep for the backward pass: with ΔW made anew there, and with ΔW kept. The inputs are
/// of one position, so that what is kept is almost all ΔW; the model itself is shapes only.
/// </summary>
internal sealed class LohaMemory : IScenario
{
    public string Name => "loha-memory";

    public string Summary => "the LoHA branches of the UNet of SD 1.5 at the default sizes, forward and backward: ΔW made anew, and kept";

    public int Repetitions => 3;

    public void Run(ScenarioRun run)
    {
        using var unet = new UNet(UNetConfig.StableDiffusion15, new ShapeRecorder());
        using var loha = AdapterNetwork.Create(new LohaConfig(), unet.Weights.Layers, [], seed: 1);
        run.Note($"{loha.Adapters.Count} modules, {loha.ParameterCount} parameters, {loha.Adapters.Sum(a => a.Layer.Weight.numel())} elements of ΔW");
        run.Alternate(
            ("ΔW made anew in the backward pass", () => Differentiate(loha, (adapter, x) => adapter.Adapt(adapter.Layer, x, zeros(1)))),
            ("ΔW kept", () => Differentiate(loha, (adapter, x) => adapter.Layer.Apply(x, adapter.DeltaWeight(), bias: null))));
    }

    // One graph through all branches, as a training step has it.
    private static void Differentiate(AdapterNetwork network, Func<Adapter, Tensor, Tensor> branch)
    {
        using var scope = NewDisposeScope();
        var loss = zeros(1);
        foreach (var adapter in network.Adapters)
        {
            var features = adapter.Layer.Weight.shape[1];
            loss = loss + branch(adapter, adapter.Layer is Conv2d ? ones([1, features, 1, 1]) : ones([1, features])).sum();
        }

        loss.backward();
        RecomputedBranch.ThrowIfFailed();
        foreach (var (_, parameter) in network.Adapters.SelectMany(a => a.Parameters)) parameter.grad = null;
    }
}
