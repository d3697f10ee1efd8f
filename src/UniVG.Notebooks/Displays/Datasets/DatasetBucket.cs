namespace UniVG.Notebooks.Displays.Datasets;

/// <summary>The images that are trained at one size.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Images">How many images, each counted once.</param>
/// <param name="Samples">How many with their repeats: what an epoch draws.</param>
public sealed record DatasetBucket(int Width, int Height, int Images, int Samples);
