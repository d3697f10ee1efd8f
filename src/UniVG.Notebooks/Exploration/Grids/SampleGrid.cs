using UniVG.Diffusion;
using UniVG.Diffusion.Images;

namespace UniVG.Notebooks.Exploration.Grids;

/// <summary>One picture for each pair of values: how a run over-trains, how strong an adapter should be.</summary>
/// <param name="Request">What the pictures show, where no axis says otherwise.</param>
/// <param name="Run">The run whose adapters drew them; null for the adapters that are attached.</param>
/// <param name="X">What changes from column to column.</param>
/// <param name="Y">What changes from row to row; null for a single row.</param>
/// <param name="Images">The pictures, row by row.</param>
public sealed record SampleGrid(ImageRequest Request, string? Run, GridAxis X, GridAxis? Y, IReadOnlyList<RgbImage> Images)
{
    /// <summary>The whole grid as a picture with its headings; null where it could not be written.</summary>
    public string? File { get; init; }

    /// <summary>Why it could not be written; null where it was.</summary>
    public string? Fault { get; init; }
}
