using UniVG.Diffusion.Images;

namespace UniVG.Notebooks.Exploration;

/// <summary>The pictures of one run in a comparison.</summary>
/// <param name="Run">The run's name; null for the model without any adapter.</param>
/// <param name="Step">How long the adapter that drew them was trained.</param>
/// <param name="Images">The pictures, in the order of the seeds.</param>
public sealed record RunSamples(string? Run, int Step, IReadOnlyList<RgbImage> Images);
