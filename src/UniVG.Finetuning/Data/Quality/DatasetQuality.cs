using System.Globalization;
using UniVG.Finetuning.Data.Buckets;

namespace UniVG.Finetuning.Data.Quality;

/// <summary>Looks for pictures that can be trained on but probably should not be.</summary>
public static class DatasetQuality
{
    private const int Named = 5;
    private const double MaxWhitePart = 0.05;

    /// <summary>What asks for attention, a sentence each; empty where nothing does.</summary>
    public static IReadOnlyList<string> Warnings(FineTuningDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var images = All(dataset);
        return
        [
            .. Warning(images.Where(i => i.Statistics is { IsConstant: true }), "shows nothing: all its pixels are alike", "show nothing: all their pixels are alike"),
            .. Warning(
                images.Where(i => i.Statistics is { IsConstant: false } s && s.WhitePart > MaxWhitePart),
                "is clipped: more than 5 % of its pixels are as bright as can be", "are clipped: more than 5 % of their pixels are as bright as can be"),
            .. Duplicates(images),
            .. Warning(images.Where(i => i.Pages > 1), "has several pages, of which the first is read", "have several pages, of which the first is read"),
            .. Captions(images),
            .. Colors(images),
        ];
    }

    /// <summary>Pairs of pictures that look alike, in the dataset's order.</summary>
    public static IReadOnlyList<(BucketedImage First, BucketedImage Second)> NearDuplicates(IReadOnlyList<BucketedImage> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        BucketedImage[] measured = [.. images.Where(image => image.Statistics is { IsConstant: false })];
        var second = new BucketedImage?[measured.Length];
        Parallel.For(0, measured.Length, i =>
        {
            second[i] = measured.Take(i).FirstOrDefault(other => measured[i].Statistics!.IsNearly(other.Statistics!));
        });
        return [.. Enumerable.Range(0, measured.Length).Where(i => second[i] is not null).Select(i => (second[i]!, measured[i]))];
    }

    private static IReadOnlyList<BucketedImage> All(FineTuningDataset dataset) => [.. dataset.Images, .. dataset.Validation?.Images ?? []];

    private static IEnumerable<string> Warning(IEnumerable<BucketedImage> images, string one, string many)
    {
        BucketedImage[] found = [.. images];
        if (found.Length == 1) yield return $"{Names(found)} {one}.";
        if (found.Length > 1) yield return $"{found.Length} images {many} ({Names(found)}).";
    }

    private static IEnumerable<string> Duplicates(IReadOnlyList<BucketedImage> images)
    {
        var pairs = NearDuplicates(images);
        if (pairs.Count == 0) yield break;
        var names = List([.. pairs.Select(pair => $"{Path.GetFileName(pair.Second.Path)} like {Path.GetFileName(pair.First.Path)}")]);
        yield return $"{pairs.Count} {(pairs.Count == 1 ? "image is" : "images are")} nearly a copy of another and will be learned by heart ({names}).";
    }

    // A folder without any caption file is meant so; only then is the trigger word enough of a caption.
    private static IEnumerable<string> Captions(IReadOnlyList<BucketedImage> images)
    {
        BucketedImage[] undescribed = [.. images.Where(image => !image.HasCaptionFile && image.Caption.Length == 0)];
        if (undescribed.Length > 0)
            yield return $"{Count(undescribed.Length)} neither a caption file nor a trigger word; name the folder such as 10_modality ({Names(undescribed)}).";
        BucketedImage[] without =
        [
            .. images.GroupBy(image => Path.GetDirectoryName(image.Path)).Where(folder => folder.Any(image => image.HasCaptionFile))
                .SelectMany(folder => folder.Where(image => !image.HasCaptionFile && image.Caption.Length > 0)),
        ];
        if (without.Length > 0)
            yield return $"{Count(without.Length)} no caption file, unlike others of the folder; the trigger word is the caption ({Names(without)}).";

        static string Count(int images) => images == 1 ? "1 image has" : string.Create(CultureInfo.InvariantCulture, $"{images} images have");
    }

    private static IEnumerable<string> Colors(IReadOnlyList<BucketedImage> images)
    {
        var measured = images.Where(image => image.Statistics is not null && !image.IsRegularization).ToLookup(image => image.Statistics!.IsGray);
        var (gray, color) = (measured[true].ToArray(), measured[false].ToArray());
        if (gray.Length == 0 || color.Length == 0) yield break;
        var rarer = gray.Length < color.Length ? gray : color;
        yield return $"{gray.Length} images are grey and {color.Length} coloured; the model will draw both ({Names(rarer)}).";
    }

    private static string Names(BucketedImage[] images) => List([.. images.Select(image => Path.GetFileName(image.Path))]);

    private static string List(string[] names) =>
        string.Join(", ", names.Take(Named)) + (names.Length > Named ? $" and {names.Length - Named} more" : "");
}
