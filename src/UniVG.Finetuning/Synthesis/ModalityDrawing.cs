namespace UniVG.Finetuning.Synthesis;

/// <summary>A drawn picture with the truth about it.</summary>
/// <param name="Picture">The picture.</param>
/// <param name="Vessels">Its vessels, at the same size.</param>
/// <param name="Tree">The tree behind them.</param>
public sealed record ModalityDrawing(ColorCanvas Picture, VesselRaster Vessels, VesselTree Tree);
