using UniVG.Finetuning.Data.Buckets;

namespace UniVG.Finetuning.Data;

/// <summary>
/// Guesses from file names which pictures belong together. The last part of a name, behind an underscore, hyphen, point or space, numbers
/// the pictures of a group: p01_003 and p01_left belong to p01. Where that would make one group of a whole folder (image_001, image_002),
/// each name is its own group, up to its last digit: Image_01L and Image_01R belong together. Folders share groups, as one patient may be
/// in several.
/// </summary>
internal static class ValidationGroup
{
    private static readonly char[] Separators = ['_', '-', '.', ' '];

    /// <summary>Sorts pictures into groups.</summary>
    public static IReadOnlyList<IReadOnlyList<BucketedImage>> Of(IReadOnlyList<BucketedImage> images) =>
    [
        .. images.GroupBy(image => Path.GetDirectoryName(image.Path))
            .SelectMany(NameGroups)
            .GroupBy(named => named.Group, named => named.Image, StringComparer.Ordinal)
            .Select(group => (IReadOnlyList<BucketedImage>)[.. group]),
    ];

    private static IEnumerable<(string Group, BucketedImage Image)> NameGroups(IEnumerable<BucketedImage> folder)
    {
        var named = folder.Select(image => (Name: Path.GetFileNameWithoutExtension(image.Path), Image: image)).ToArray();
        var distinct = named.Select(n => WithoutLastPart(n.Name)).Distinct(StringComparer.Ordinal).Count();
        Func<string, string> groupOf = distinct > 1 ? WithoutLastPart : UpToLastDigit;
        return named.Select(n => (groupOf(n.Name), n.Image));
    }

    private static string WithoutLastPart(string name)
    {
        var end = name.LastIndexOfAny(Separators);
        return end > 0 ? name[..end] : UpToLastDigit(name);
    }

    private static string UpToLastDigit(string name)
    {
        var end = name.AsSpan().LastIndexOfAnyInRange('0', '9');
        return end >= 0 ? name[..(end + 1)] : name;
    }
}
