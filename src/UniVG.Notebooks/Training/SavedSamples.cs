using UniVG.Notebooks.Displays.Images;

namespace UniVG.Notebooks.Training;

/// <summary>Samples that were drawn, and where they were written.</summary>
/// <param name="Images">The pictures as a grid shows them.</param>
/// <param name="Files">The files, one a picture; empty where they could not be written.</param>
internal sealed record SavedSamples(IReadOnlyList<GridImage> Images, IReadOnlyList<string> Files);
