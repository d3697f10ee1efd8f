using UniVG.Notebooks.Displays.Images;

namespace UniVG.Notebooks.Displays;

/// <summary>The sample pictures drawn at one moment of a run.</summary>
/// <param name="Step">The step after which they were drawn; 0 for before the first.</param>
/// <param name="Images">The pictures, in the same order each time.</param>
public sealed record SampleSet(int Step, IReadOnlyList<GridImage> Images)
{
    /// <summary>What they were asked to show; null where it is not known.</summary>
    public string? Prompt { get; init; }
}
