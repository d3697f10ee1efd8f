namespace UniVG.Finetuning.Data;

/// <summary>A picture's turn in a batch.</summary>
/// <param name="Image">Index in <see cref="FineTuningDataset.Images"/>.</param>
/// <param name="Flipped">Whether it is shown mirrored.</param>
public readonly record struct DatasetSample(int Image, bool Flipped);
