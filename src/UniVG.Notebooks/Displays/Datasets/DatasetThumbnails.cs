using UniVG.Notebooks.Displays.Images;

namespace UniVG.Notebooks.Displays.Datasets;

/// <summary>Images of a dataset that are shown together.</summary>
/// <param name="Title">What they share, such as <c>512 × 448: 12 images</c>.</param>
/// <param name="Images">Some of them: the label names the file, the caption is the caption.</param>
public sealed record DatasetThumbnails(string Title, IReadOnlyList<GridImage> Images);
