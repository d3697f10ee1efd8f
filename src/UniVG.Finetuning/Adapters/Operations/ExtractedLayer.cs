namespace UniVG.Finetuning.Adapters.Operations;

/// <summary>How well a LoRA approximates the change of one layer.</summary>
/// <param name="Name">The adapter's name.</param>
/// <param name="Rank">The rank.</param>
/// <param name="Norm">‖ΔW‖, the Frobenius norm of the change.</param>
/// <param name="Error">‖ΔW − LoRA‖.</param>
public sealed record ExtractedLayer(string Name, int Rank, double Norm, double Error)
{
    /// <summary>‖ΔW − LoRA‖ / ‖ΔW‖; 0 is exact.</summary>
    public double RelativeError => Norm == 0 ? 0 : Error / Norm;
}
