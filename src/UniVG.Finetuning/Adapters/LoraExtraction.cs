namespace UniVG.Finetuning.Adapters;

/// <summary>A LoRA that approximates changes of weights. Its adapters are not attached: it is to be saved.</summary>
/// <param name="Network">The adapters, owned.</param>
/// <param name="Layers">How well each does, in their order.</param>
public sealed record LoraExtraction(AdapterNetwork Network, IReadOnlyList<ExtractedLayer> Layers) : IDisposable
{
    /// <summary>‖ΔW − LoRA‖ / ‖ΔW‖ over all layers; 0 is exact.</summary>
    public double RelativeError
    {
        get
        {
            var norm = Layers.Sum(layer => layer.Norm * layer.Norm);
            return norm == 0 ? 0 : Math.Sqrt(Layers.Sum(layer => layer.Error * layer.Error) / norm);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();
}
