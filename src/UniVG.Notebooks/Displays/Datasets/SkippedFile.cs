namespace UniVG.Notebooks.Displays.Datasets;

/// <summary>A file of a dataset that is not used.</summary>
/// <param name="Path">Where it is, relative to the dataset.</param>
/// <param name="Reason">Why, as the rest of a sentence: <c>cannot be decoded as an image</c>.</param>
public sealed record SkippedFile(string Path, string Reason);
