using TorchSharp;
using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Model;
using UniVG.Finetuning.Adapters;

namespace UniVG.Finetuning.Training.Cost;

/// <summary>
/// What one training step of one batch holds at its peak, beyond what model, adapter and optimizer hold between steps, counted layer by
/// layer: what the graph keeps for the backward pass, the gradients of the adapter, and the largest things that are made meanwhile.
/// </summary>
public sealed record StepMemory
{
    // What an allocator holds for each byte in use, because freed pieces are of other sizes than those asked for next. Measured with
    // glibc, which gives little back, univg-tiny to SD 1.5: 1.15 to 1.6; where blocks come and go for checkpointing 2.5 to 2.9. On a GPU the
    // libraries' workspaces are in it.
    private const double CpuOverhead = 1.5;
    private const double CpuOverheadOfCheckpointing = 2.6;
    private const double GpuOverhead = 1.25;

    /// <summary>Kept from the forward to the backward pass; with gradient checkpointing the inputs of the blocks, and one block.</summary>
    public required long KeptBytes { get; init; }

    /// <summary>The adapter's gradients.</summary>
    public required long GradientBytes { get; init; }

    /// <summary>What comes and goes: the largest output of a layer twice, the largest weight in another order, and what an adapter makes.</summary>
    public required long WorkingBytes { get; init; }

    /// <summary>What the allocator holds for each byte in use.</summary>
    public required double Overhead { get; init; }

    /// <summary>All of it.</summary>
    public long Bytes => (long)(Overhead * (KeptBytes + GradientBytes + WorkingBytes));

    /// <summary>Counts.</summary>
    /// <param name="unet">The model's UNet.</param>
    /// <param name="textEncoder">Its text encoder.</param>
    /// <param name="adapter">What is trained.</param>
    /// <param name="height">Height of the latents.</param>
    /// <param name="width">Width of the latents.</param>
    /// <param name="config">Batch size, checkpointing, and whether the text encoder learns.</param>
    public static StepMemory Of(UNet unet, ClipTextEncoder textEncoder, AdapterNetwork adapter, int height, int width, TrainingConfig config)
    {
        var place = new LayerPlace(unet.Config, height, width);
        var adapters = adapter.Adapters.ToDictionary(a => a.Layer);
        var blocks = new Dictionary<string, long>(); // "" for what is in none
        long inputs = 0, largestOutput = 0, largestWeight = 0, largestBranch = 0;
        foreach (var layer in unet.Weights.Layers) Count(layer, place.PositionsOf(layer), KeptElements.OfUNet, BlockPaths.OfUNet);
        if (config.TextEncoderLearningRate > 0)
            foreach (var layer in textEncoder.Weights.Layers) Count(layer, LayerPlace.TextTokens, KeptElements.OfTextEncoder, BlockPaths.OfTextEncoder);

        var outside = blocks.GetValueOrDefault("");
        return new StepMemory
        {
            KeptBytes = config.GradientCheckpointing ? outside + inputs + blocks.Where(block => block.Key.Length > 0).Max(block => block.Value) : blocks.Values.Sum(),
            GradientBytes = adapter.ParameterCount * sizeof(float),
            WorkingBytes = (2 * largestOutput) + largestWeight + largestBranch,
            Overhead = unet.Weights.Layers[0].Weight.device_type == DeviceType.CUDA ? GpuOverhead
                : config.GradientCheckpointing ? CpuOverheadOfCheckpointing : CpuOverhead,
        };

        void Count(AdaptableLayer layer, long positions, Func<AdaptableLayer, long, long> keptElements, Func<string, string> blockOf)
        {
            positions *= config.BatchSize;
            var elementBytes = layer.Weight.dtype.ElementSize();
            var kept = elementBytes * keptElements(layer, positions);
            if (adapters.TryGetValue(layer, out var adapted))
            {
                var branch = adapted.MemoryOf(positions);
                kept += branch.KeptBytes;
                largestBranch = Math.Max(largestBranch, branch.WorkingBytes);
            }

            var block = blockOf(layer.Path);
            blocks[block] = blocks.GetValueOrDefault(block) + kept;
            if (BlockPaths.IsEntry(layer.Path)) inputs += elementBytes * positions * layer.Weight.shape[1];
            largestOutput = Math.Max(largestOutput, elementBytes * positions * layer.Weight.shape[0]);
            largestWeight = Math.Max(largestWeight, elementBytes * layer.Weight.numel());
        }
    }
}
