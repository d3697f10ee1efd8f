namespace UniVG.Finetuning.Data;

/// <summary>Something in a dataset folder that is not used.</summary>
/// <param name="Path">The file or folder.</param>
/// <param name="Reason">Why not, as the rest of a sentence.</param>
public sealed record SkippedFile(string Path, string Reason);
