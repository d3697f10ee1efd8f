using System.Runtime.InteropServices;
using UniVG.Benchmarks.Files;
using UniVG.Benchmarks.Measuring;
using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Model;
using UniVG.Finetuning.Adapters.Targets;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Loha;
using static TorchSharp.torch;

namespace UniVG.Benchmarks.Scenarios;

/// <summary>
/// What the LoHA branches of a full-size UNet keep for the backward pass: with ΔW made anew there, and with ΔW kept. The inputs are
/// of one position, so that what is kept is almost all ΔW; the model itself is shapes only. Blocks are taken one after the other and
/// summed, because all of them together would need 14 GB.
/// </summary>
internal sealed partial class LohaMemory : IScenario
{
    public string Name => "loha-memory";

    public string Summary => "the LoHA branches of the UNet of SD 1.5 at the default sizes: ΔW made anew in the backward pass, and kept for it";

    public int Repetitions => 3;

    public void Run(ScenarioRun run)
    {
        using var unet = new UNet(UNetConfig.StableDiffusion15, new ShapeRecorder());
        using var loha = AdapterNetwork.Create(new LohaConfig(), unet.Weights.Layers, [], seed: 1);
        var blocks = loha.Adapters.GroupBy(a => BlockSizes.IndexOf(a.Layer.Path)).Select(block => block.ToList()).ToList();
        run.Note($"{loha.Adapters.Count} modules, {loha.ParameterCount} parameters, {loha.Adapters.Sum(a => a.Layer.Weight.numel())} elements of ΔW");
        run.Note(FormattableString.Invariant(
            $"kept for the backward pass: {blocks.Sum(block => KeptMiB(block, Recomputed)):F0} MiB with ΔW made anew, {blocks.Sum(block => KeptMiB(block, Plain)):F0} MiB with ΔW kept"));
        var middle = blocks.Single(block => block[0].Layer.Path.StartsWith("mid_block", StringComparison.Ordinal));
        run.Alternate(
            ("middle block, forward and backward, ΔW made anew", () => Differentiate(middle, Recomputed)),
            ("middle block, forward and backward, ΔW kept", () => Differentiate(middle, Plain)));
    }

    private static Tensor Recomputed(Adapter adapter, Tensor x) => adapter.Forward(adapter.Layer, x);

    private static Tensor Plain(Adapter adapter, Tensor x) => adapter.Layer.Apply(x, adapter.DeltaWeight(), bias: null);

    private static double KeptMiB(List<Adapter> block, Func<Adapter, Tensor, Tensor> branch)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        _ = TrimHeap(0);
        var before = ProcessMemory.AnonymousMiB(Environment.ProcessId);
        using var loss = Forward(block, branch);
        _ = TrimHeap(0);
        return ProcessMemory.AnonymousMiB(Environment.ProcessId) - before;
    }

    private static void Differentiate(List<Adapter> block, Func<Adapter, Tensor, Tensor> branch)
    {
        using var loss = Forward(block, branch);
        RecomputedBranch.Differentiate(loss);
        foreach (var (_, parameter) in block.SelectMany(a => a.Parameters)) parameter.grad = null;
    }

    // One graph through all branches, as a training step has it.
    private static Tensor Forward(List<Adapter> block, Func<Adapter, Tensor, Tensor> branch)
    {
        using var scope = NewDisposeScope();
        var loss = zeros(1);
        foreach (var adapter in block)
        {
            var features = adapter.Layer.Weight.shape[1];
            loss = loss + branch(adapter, adapter.Layer is Conv2d ? ones([1, features, 1, 1]) : ones([1, features])).sum();
        }

        return loss.DetachFromDisposeScope();
    }

    // glibc keeps freed memory for later; without this it would be counted as held.
    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimHeap(nuint pad);
}
