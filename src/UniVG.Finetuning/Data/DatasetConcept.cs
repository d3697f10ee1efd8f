using UniVG.Finetuning.Data.Buckets;

namespace UniVG.Finetuning.Data;

/// <summary>One <c>[repeats]_[trigger]</c> folder.</summary>
/// <param name="Folder">The folder's path.</param>
/// <param name="Repeats">How often an epoch shows each picture.</param>
/// <param name="Trigger">The caption of pictures that have no caption file.</param>
/// <param name="Images">The pictures, by file name.</param>
public sealed record DatasetConcept(string Folder, int Repeats, string Trigger, IReadOnlyList<BucketedImage> Images)
{
    /// <summary>Whether its pictures are regularisation pictures.</summary>
    public bool IsRegularization => Images.Count > 0 && Images[0].IsRegularization;
}
