using UniVG.Diffusion;
using UniVG.Finetuning.Data.Buckets;

namespace UniVG.Finetuning.Data;

/// <summary>
/// Chooses the pictures that are held out. Pictures of one <see cref="ValidationGroup"/>, which may show one patient, stay together, so
/// that the loss is measured on patients never trained on.
/// </summary>
public static class ValidationSplit
{
    /// <summary>Pictures from which on a tenth is held out without being asked for.</summary>
    public const int MinImages = 16;

    private const double DefaultPart = 0.1;

    /// <summary>Chooses from the training pictures; for the same pictures and seed always the same.</summary>
    /// <param name="images">All training pictures.</param>
    /// <param name="part">The part to hold out, 0 to 0.5; null for a tenth of at least <see cref="MinImages"/> pictures.</param>
    /// <param name="seed">Seeds the choice.</param>
    /// <returns>The held-out pictures; empty where none are wanted, or where no group is small enough and none was asked for.</returns>
    /// <exception cref="UniVGException">A part was asked for that the groups of pictures do not allow.</exception>
    public static IReadOnlyList<BucketedImage> Choose(IReadOnlyList<BucketedImage> images, double? part, int seed)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (part == 0 || (part is null && images.Count < MinImages)) return [];

        var wanted = Math.Max(1, (int)Math.Round(images.Count * (part ?? DefaultPart)));
        var groups = ValidationGroup.Of(images).OrderBy(group => group[0].Path, StringComparer.Ordinal).ToArray();
        new Random(seed).Shuffle(groups);
        var left = images.CountBy(FolderOf).ToDictionary();
        var chosen = new List<BucketedImage>();
        foreach (var group in groups)
        {
            // No more than half again of what is wanted, and no folder left empty.
            if (chosen.Count >= wanted || chosen.Count + group.Count > Math.Max(wanted, wanted * 3 / 2)) continue;
            if (group.CountBy(FolderOf).Any(taken => left[taken.Key] <= taken.Value)) continue;
            foreach (var taken in group.CountBy(FolderOf)) left[taken.Key] -= taken.Value;
            chosen.AddRange(group);
        }

        return chosen.Count > 0 || part is null ? chosen : throw new UniVGException(
            $"No pictures can be held out for validation: the {images.Count} pictures form {groups.Length} groups by file name, each larger than " +
            $"the {wanted} wanted; choose a larger part, or 0 for no validation.");
    }

    private static string FolderOf(BucketedImage image) => Path.GetDirectoryName(image.Path) ?? "";
}
