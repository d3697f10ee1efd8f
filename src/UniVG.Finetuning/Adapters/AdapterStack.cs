using UniVG.Diffusion.Layers;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters;

/// <summary>Several adapters of one layer: each adds its branch of the layer's input to the output.</summary>
internal sealed class AdapterStack : ILayerAdapter
{
    private readonly IReadOnlyList<ILayerAdapter> _adapters;

    private AdapterStack(IReadOnlyList<ILayerAdapter> adapters) => _adapters = adapters;

    /// <summary>Adds <paramref name="adapter"/> to the layer's slot, beside those that are there.</summary>
    public static void Push(AdaptableLayer layer, ILayerAdapter adapter) => layer.Adapter = layer.Adapter switch
    {
        null => adapter,
        AdapterStack stack => new AdapterStack([.. stack._adapters, adapter]),
        var other => new AdapterStack([other, adapter]),
    };

    /// <summary>Takes <paramref name="adapter"/> out of the layer's slot, if it is there, and leaves the others.</summary>
    public static void Remove(AdaptableLayer layer, ILayerAdapter adapter)
    {
        if (layer.Adapter == adapter) layer.Adapter = null;
        if (layer.Adapter is not AdapterStack stack) return;
        ILayerAdapter[] others = [.. stack._adapters.Where(other => other != adapter)];
        layer.Adapter = others.Length == 1 ? others[0] : new AdapterStack(others);
    }

    /// <inheritdoc/>
    public Tensor Adapt(AdaptableLayer layer, Tensor input, Tensor output) =>
        _adapters.Aggregate(output, (adapted, adapter) => adapter.Adapt(layer, input, adapted));
}
