using UniVG.Diffusion.Layers;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters;

/// <summary>Several adapters of one layer: each adds its branch of the layer's input to the output.</summary>
internal sealed class AdapterStack : ILayerAdapter
{
    private readonly IReadOnlyList<ILayerAdapter> _adapters;

    private AdapterStack(IReadOnlyList<ILayerAdapter> adapters) => _adapters = adapters;

    /// <summary>Adds <paramref name="adapter"/> to the layer's slot, behind those that are there, or before them.</summary>
    public static void Push(AdaptableLayer layer, ILayerAdapter adapter, bool first = false)
    {
        IReadOnlyList<ILayerAdapter> others = layer.Adapter switch
        {
            null => [],
            AdapterStack stack => stack._adapters,
            var other => [other],
        };
        layer.Adapter = others.Count == 0 ? adapter : new AdapterStack(first ? [adapter, .. others] : [.. others, adapter]);
    }

    /// <summary>Takes <paramref name="adapter"/> out of the layer's slot, if it is there, and leaves the others.</summary>
    public static void Remove(AdaptableLayer layer, ILayerAdapter adapter)
    {
        if (layer.Adapter == adapter) layer.Adapter = null;
        if (layer.Adapter is not AdapterStack stack) return;
        ILayerAdapter[] others = [.. stack._adapters.Where(other => other != adapter)];
        layer.Adapter = others.Length == 1 ? others[0] : new AdapterStack(others);
    }

    /// <inheritdoc/>
    /// <remarks>The first applies the layer as it would alone: others of strength 0 change no bit.</remarks>
    public Tensor Forward(AdaptableLayer layer, Tensor input) =>
        _adapters.Skip(1).Aggregate(_adapters[0].Forward(layer, input), (adapted, adapter) => adapter.Adapt(layer, input, adapted));

    /// <inheritdoc/>
    public Tensor Adapt(AdaptableLayer layer, Tensor input, Tensor output) =>
        _adapters.Aggregate(output, (adapted, adapter) => adapter.Adapt(layer, input, adapted));

    /// <inheritdoc/>
    public Tensor Fuse(Tensor weight) => _adapters.Aggregate(weight, (fused, adapter) => adapter.Fuse(fused));
}
