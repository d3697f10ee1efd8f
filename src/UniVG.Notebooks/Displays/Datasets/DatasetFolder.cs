namespace UniVG.Notebooks.Displays.Datasets;

/// <summary>One <c>[repeats]_[trigger]</c> folder of a dataset.</summary>
/// <param name="Name">The folder's name.</param>
/// <param name="Repeats">How often each of its images is used in an epoch.</param>
/// <param name="Trigger">The trigger word, which is the caption of images that have none.</param>
/// <param name="Images">How many images were read.</param>
public sealed record DatasetFolder(string Name, int Repeats, string Trigger, int Images)
{
    /// <summary>How many images an epoch draws from it: images times repeats, but for regularisation images, which follow the others.</summary>
    public int Samples { get; init; } = Images * Repeats;
}
