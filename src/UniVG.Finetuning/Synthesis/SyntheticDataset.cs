using System.Globalization;
using UniVG.Diffusion;
using UniVG.Diffusion.Images;

namespace UniVG.Finetuning.Synthesis;

/// <summary>
/// Writes generated pictures as a folder of a data set, such as <c>dataset/10_modality</c>: <c>000.png</c> and on, with masks,
/// centrelines and labels of the same names in folders below it, which training leaves alone.
/// </summary>
public static class SyntheticDataset
{
    /// <summary>Writes a data set.</summary>
    /// <param name="folder">Where to write; created when missing.</param>
    /// <param name="options">What to write.</param>
    /// <param name="overwrite">Whether files of the same names may be replaced.</param>
    /// <param name="onImage">Told how many pictures are written.</param>
    /// <param name="cancellation">Looked at before each picture; those written by then stay.</param>
    /// <returns>What was written, in order.</returns>
    /// <exception cref="UniVGException">An option is impossible, a file exists already, or cannot be written.</exception>
    public static IReadOnlyList<SyntheticImage> Write(
        string folder, SynthesisOptions options, bool overwrite = false, Action<int>? onImage = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(options);
        var source = options.Generate();
        if (!overwrite) EnsureFree(folder, options);

        var images = new List<SyntheticImage>(options.Count);
        foreach (var image in source)
        {
            cancellation.ThrowIfCancellationRequested();
            WriteOne(folder, images.Count, image, options);
            images.Add(image);
            onImage?.Invoke(images.Count);
        }

        return images;
    }

    private static void WriteOne(string folder, int index, SyntheticImage image, SynthesisOptions options)
    {
        ImageFile.SavePng(image.Image, PathOf(folder, "", index));
        if (options.Masks) ImageFile.SavePng(VesselMaps.ToPicture(image.Mask), PathOf(folder, "masks", index));
        if (options.Centrelines) ImageFile.SavePng(VesselMaps.ToPicture(image.DrawCentrelines()), PathOf(folder, "centrelines", index));
        if (options.Labels) ImageFile.SavePng(VesselMaps.ToPicture(image.DrawLabels()), PathOf(folder, "labels", index));
        if (!options.Captions) return;
        try
        {
            File.WriteAllText(CaptionOf(folder, index), image.Caption);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UniVGException($"The caption '{CaptionOf(folder, index)}' cannot be written: {e.Message}", e);
        }
    }

    // All names are looked at before the first picture is drawn, so that a refusal leaves nothing half-written.
    private static void EnsureFree(string folder, SynthesisOptions options)
    {
        string[] kinds = ["", .. options.Masks ? ["masks"] : (string[])[], .. options.Centrelines ? ["centrelines"] : (string[])[], .. options.Labels ? ["labels"] : (string[])[]];
        var taken = Enumerable.Range(0, options.Count)
            .SelectMany(i => kinds.Select(kind => PathOf(folder, kind, i)).Concat(options.Captions ? [CaptionOf(folder, i)] : []))
            .FirstOrDefault(File.Exists);
        if (taken is not null)
            throw new UniVGException($"'{taken}' exists already and nothing was written; choose another folder, or allow to overwrite (--overwrite).");
    }

    private static string PathOf(string folder, string kind, int index) =>
        Path.Combine(folder, kind, string.Create(CultureInfo.InvariantCulture, $"{index:000}.png"));

    private static string CaptionOf(string folder, int index) => Path.ChangeExtension(PathOf(folder, "", index), ".txt");
}
