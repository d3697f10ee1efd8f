namespace UniVG.Finetuning.Adapters.Operations;

/// <summary>How well a LoRA approximates changes of weights.</summary>
/// <param name="Layers">Each layer, in the LoRA's order.</param>
public sealed record ExtractionReport(IReadOnlyList<ExtractedLayer> Layers)
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

    /// <summary>The layer with the largest relative error.</summary>
    public ExtractedLayer Worst => Layers.MaxBy(layer => layer.RelativeError)!;

    /// <summary>The smallest and the largest rank.</summary>
    public (int Smallest, int Largest) Ranks => (Layers.Min(layer => layer.Rank), Layers.Max(layer => layer.Rank));
}
