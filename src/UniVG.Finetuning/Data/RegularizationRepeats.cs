using UniVG.Finetuning.Data.Buckets;

namespace UniVG.Finetuning.Data;

/// <summary>
/// How often an epoch shows each regularisation picture, by the rule of kohya's trainer: until there are as many of them as training
/// pictures, repeats counted. In the first pass over the list each brings its own repeats, in later passes one more.
/// </summary>
internal static class RegularizationRepeats
{
    /// <summary>The pictures that are needed, in their order, with their repeats set.</summary>
    /// <param name="images">The regularisation pictures, with the repeats of their folders.</param>
    /// <param name="trainingImages">How many training pictures an epoch shows, repeats counted.</param>
    public static IReadOnlyList<BucketedImage> Balance(IReadOnlyList<BucketedImage> images, int trainingImages)
    {
        var repeats = new int[images.Count];
        for (var (i, shown) = (0, 0); images.Count > 0 && shown < trainingImages; i++)
        {
            var added = i < images.Count ? images[i].Repeats : 1;
            repeats[i % images.Count] += added;
            shown += added;
        }

        return [.. images.Select((image, i) => image with { Repeats = repeats[i] }).Where(image => image.Repeats > 0)];
    }
}
