namespace UniVG.Finetuning.Data;

/// <summary>A folder of pictures that are read alike.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Repeats">How often an epoch shows each picture.</param>
/// <param name="Trigger">The caption of pictures without a caption file.</param>
/// <param name="Options">How they are read.</param>
internal sealed record ImageSubset(string Folder, int Repeats, string Trigger, DatasetOptions Options)
{
    /// <summary>Whether they are regularisation pictures.</summary>
    public bool IsRegularization { get; init; }

    /// <summary>Which of the dataset's parts they belong to.</summary>
    public int Part { get; init; }
}
