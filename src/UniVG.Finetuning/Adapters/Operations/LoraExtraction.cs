namespace UniVG.Finetuning.Adapters.Operations;

/// <summary>A LoRA that approximates changes of weights. Its adapters are not attached: it is to be saved.</summary>
/// <param name="Network">The adapters, owned.</param>
/// <param name="Layers">How well each does, in their order.</param>
public sealed record LoraExtraction(AdapterNetwork Network, IReadOnlyList<ExtractedLayer> Layers) : IDisposable
{
    /// <summary>How well all of them do.</summary>
    public ExtractionReport Report => new(Layers);

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();
}
