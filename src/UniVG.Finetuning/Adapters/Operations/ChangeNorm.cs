namespace UniVG.Finetuning.Adapters.Operations;

/// <summary>How large the change of one layer is.</summary>
/// <param name="Path">The layer's diffusers path in its model.</param>
/// <param name="IsTextEncoder">Whether it is a layer of the text encoder; else of the UNet.</param>
/// <param name="Norm">‖ΔW‖, the Frobenius norm, scale included; of a DoRA that of the low-rank part.</param>
public sealed record ChangeNorm(string Path, bool IsTextEncoder, double Norm);
