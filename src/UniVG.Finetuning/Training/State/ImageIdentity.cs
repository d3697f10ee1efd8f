using UniVG.Diffusion;
using UniVG.Finetuning.Data.Buckets;
using UniVG.Finetuning.Data;

namespace UniVG.Finetuning.Training.State;

/// <summary>What tells an image of a dataset from its later versions.</summary>
/// <param name="File">Its path below the dataset's folder, with slashes.</param>
/// <param name="Hash">SHA-256 of the file, lower-case hex.</param>
/// <param name="Caption">Its caption as read.</param>
/// <param name="Repeats">How often an epoch shows it; 0 for a held-out one.</param>
/// <param name="MaskHash">SHA-256 of its mask's file; null without mask.</param>
public sealed record ImageIdentity(string File, string Hash, string Caption, int Repeats, string? MaskHash = null)
{
    private const int Named = 5;

    /// <summary>Identifies all images of a dataset, in its order, then those held out; reads the files.</summary>
    /// <exception cref="UniVGException">A file cannot be read any more.</exception>
    public static IReadOnlyList<ImageIdentity> Of(FineTuningDataset dataset) =>
        [.. dataset.Images.Select(image => Of(dataset, image, image.Repeats)), .. dataset.Validation?.Images.Select(image => Of(dataset, image, 0)) ?? []];

    /// <summary>Makes sure that a dataset is that of a state.</summary>
    /// <param name="present">The dataset's images.</param>
    /// <param name="expected">The state's.</param>
    /// <param name="folder">The dataset's folder, for the message.</param>
    /// <exception cref="UniVGException">Images differ; the message names them.</exception>
    public static void RequireSame(IReadOnlyList<ImageIdentity> present, IReadOnlyList<ImageIdentity> expected, string folder)
    {
        if (present.SequenceEqual(expected)) return;
        var before = expected.DistinctBy(image => image.File).ToDictionary(image => image.File);
        var now = present.DistinctBy(image => image.File).ToDictionary(image => image.File);
        List<string> differences =
        [
            .. expected.Where(image => !now.ContainsKey(image.File)).Select(image => $"{image.File} is gone"),
            .. present.Where(image => !before.ContainsKey(image.File)).Select(image => $"{image.File} is new"),
            .. present.Where(image => before.TryGetValue(image.File, out var old) && old != image).Select(image => $"{image.File} {Change(before[image.File], image)}"),
        ];
        if (differences.Count == 0) differences.Add("their order has changed");
        var more = differences.Count > Named ? $", and {differences.Count - Named} more" : "";
        throw new UniVGException(
            $"The images in '{folder}' are not those that the run began with: {string.Join(", ", differences.Take(Named))}{more}; " +
            "put them back to continue the run, or begin another with '#!univg train'.");
    }

    private static string Change(ImageIdentity before, ImageIdentity now) =>
        before.Hash != now.Hash ? "has changed"
        : before.Caption != now.Caption ? "has another caption"
        : before.MaskHash != now.MaskHash ? "has another mask"
        : "has other repeats";

    private static ImageIdentity Of(FineTuningDataset dataset, BucketedImage image, int repeats) => new(
        Path.GetRelativePath(dataset.Folder, image.Path).Replace('\\', '/'), HashOf(image.Path), image.Caption, repeats,
        image.MaskPath is { } mask ? HashOf(mask) : null);

    private static string HashOf(string path)
    {
        try
        {
            return FileHash.Sha256(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UniVGException($"'{path}' of the dataset cannot be read any more ({e.Message.TrimEnd('.')}); put it back.", e);
        }
    }
}
