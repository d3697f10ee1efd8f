using UniVG.Diffusion.Runtime;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Layers;

/// <summary>
/// Copies of the weights of adapted layers with the adapters' changes added, in use as long as this object lives: many passes of a model
/// whose adapters do not change meanwhile then cost what the plain model costs. The weights themselves are never touched.
/// </summary>
internal sealed class FusedWeights : IDisposable
{
    private const int ShareOfFreeMemory = 4;
    private const long AssumedFreeMemory = 4L << 30; // where the system does not tell

    private readonly List<AdaptableLayer> _layers = [];

    /// <summary>
    /// Fuses those of the layers that are adapted. Where the copies would take more than a quarter of the free memory, or in half
    /// precision, in which a small change would be lost in the sum, the layers go on with their adapters' branches.
    /// </summary>
    public void Add(IEnumerable<AdaptableLayer> layers)
    {
        var adapted = layers.Where(layer => layer.Adapter is not null && layer.Weight.dtype == ScalarType.Float32).ToList();
        if (adapted.Count == 0) return;
        var free = FreeMemory.On(adapted[0].Weight.device) ?? AssumedFreeMemory;
        if (adapted.Sum(layer => layer.Weight.numel() * sizeof(float)) > free / ShareOfFreeMemory) return;

        using var pause = FinalizerPause.Begin();
        using var noGrad = no_grad();
        foreach (var layer in adapted)
        {
            using var scope = NewDisposeScope();
            var fused = layer.Adapter!.Fuse(layer.Weight);
            if (ReferenceEquals(fused, layer.Weight)) continue;
            layer.FusedWeight = fused.DetachFromDisposeScope();
            _layers.Add(layer);
        }
    }

    /// <summary>Drops the copies; the layers are again what they were.</summary>
    public void Dispose()
    {
        foreach (var layer in _layers)
        {
            layer.FusedWeight?.Dispose();
            layer.FusedWeight = null;
        }

        _layers.Clear();
    }
}
