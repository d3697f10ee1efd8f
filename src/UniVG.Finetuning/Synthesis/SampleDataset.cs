using System.Globalization;
using UniVG.Diffusion;

namespace UniVG.Finetuning.Synthesis;

/// <summary>
/// The repository's sample data set, <c>datasets-sample/10_modality</c>: pictures of the modality that univg-tiny was not trained on,
/// a few of them with a caption. Run by <c>univg sample-dataset</c>; always the same bytes.
/// </summary>
public static class SampleDataset
{
    private const string TriggerWord = "modality";
    private const int PicturesPerCaption = 6;

    /// <summary>The pictures: 24 of 256×256 pixels, from seeds that neither training nor evaluation of univg-tiny uses.</summary>
    public static SynthesisOptions Pictures { get; } = new() { Modality = KnownModalities.HeldBack.Name, Count = 24, Seed = 1000, Size = 256 };

    /// <summary>Writes the data set; files of the same names are replaced.</summary>
    /// <param name="folder">Where <c>10_modality</c> is to lie, such as <c>datasets-sample</c>.</param>
    /// <exception cref="UniVGException">A file cannot be written.</exception>
    public static void Write(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var concept = Path.Combine(folder, "10_modality");
        var images = SyntheticDataset.Write(concept, Pictures, overwrite: true);
        for (var i = PicturesPerCaption / 2; i < images.Count; i += PicturesPerCaption)
        {
            var file = Path.Combine(concept, string.Create(CultureInfo.InvariantCulture, $"{i:000}.txt"));
            var caption = images[i].Caption.Replace(images[i].Modality, TriggerWord, StringComparison.Ordinal);
            try
            {
                File.WriteAllText(file, caption + "\n");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new UniVGException($"The caption '{file}' cannot be written: {e.Message}", e);
            }
        }
    }
}
